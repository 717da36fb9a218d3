"""Sizes of what is deployed: layers and functions, unpacked and zipped, against a plain install."""

import io
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from tests.support.intrinsics import ROOT

# Both layers of packages as pip alone makes them: `make build/.plain`.
_PLAIN: Final = ROOT / "build/plain"
_PACKED: Final = ("dependencies", "documents", "redis")
_TARGET: Final = 0.65
_MEGABYTE: Final = 1_000_000


def sizes() -> list[str]:
    """A line a folder, and the ratio of the dependency layer, without bytecode on both sides."""
    head = f"{'folder':<36}{'unpacked MB':>12}{'zipped MB':>12}{'no bytecode':>12}"
    rows = [_row(name, folder) for name, folder in _folders()]
    ours = _bytes(ROOT / "build/dependencies", bytecode=False)
    plain = _bytes(_PLAIN, bytecode=False)
    verdict = "ok" if ours <= _TARGET * plain else "OVER"
    ratio = f"size: dependency layer / plain pip install {ours / plain:.2f}"
    return [head, *rows, f"{ratio}  target {_TARGET}  {verdict}"]


def _folders() -> Iterator[tuple[str, Path]]:
    for name in _PACKED:
        yield f"layer {name}", ROOT / "build" / name
    for kind, place in (("layer", "layers"), ("functions", "functions")):
        for folder in sorted((ROOT / place).iterdir()):
            if folder.name not in _PACKED:
                yield f"{kind} {folder.name}", folder
    yield "plain pip install", _PLAIN


def _row(name: str, folder: Path) -> str:
    figures = (_bytes(folder), _zipped(folder), _bytes(folder, bytecode=False))
    return f"{name:<36}" + "".join(f"{figure / _MEGABYTE:>12.2f}" for figure in figures)


def _files(folder: Path) -> Iterator[Path]:
    return (file for file in folder.rglob("*") if file.is_file())


def _bytes(folder: Path, *, bytecode: bool = True) -> int:
    files = (file for file in _files(folder) if bytecode or file.suffix != ".pyc")
    return sum(file.stat().st_size for file in files)


def _zipped(folder: Path) -> int:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in _files(folder):
            archive.writestr(str(file.relative_to(folder)), file.read_bytes())
    return packed.tell()
