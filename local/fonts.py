"""Fetches the receipt fonts into the documents layer: python -m local.fonts build/documents/fonts.

DejaVu has no package of its own on PyPI; matplotlib's wheel carries the files and their licence.
"""

from __future__ import annotations

import hashlib
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

WHEEL = "matplotlib==3.10.9"
FOLDER = "matplotlib/mpl-data/fonts/ttf"
# The same files are in the wheel of every platform, so any one of them is asked for.
WHEEL_OPTIONS = (
    "--no-deps",
    "--only-binary=:all:",
    "--python-version=3.11",
    "--platform=manylinux2014_x86_64",
)
DEFAULT_TARGET = Path(__file__).resolve().parent.parent / "build" / "documents" / "fonts"
SHA256 = {
    "DejaVuSans.ttf": "3fdf69cabf06049ea70a00b5919340e2ce1e6d02b0cc3c4b44fb6801bd1e0d22",
    "DejaVuSans-Bold.ttf": "b184b89e3c1075f22f6b71575b6fc20d4972b3cfd3b23322ca6fd596dcaef167",
    "LICENSE_DEJAVU": "d75938dec098f06f0ac3c00853065d94f020be1c3c62ef1dc2975ba15b4d9b0e",
}


def ensure(target: Path = DEFAULT_TARGET) -> Path:
    """Leaves the pinned files in `target`; touches nothing when they are there."""
    missing = [name for name in SHA256 if not _is_right(target / name)]
    if missing:
        target.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory() as folder:
            _take(_download(Path(folder)), missing, target)
    return target


def _is_right(file: Path) -> bool:
    return file.is_file() and _digest(file.read_bytes()) == SHA256[file.name]


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _download(folder: Path) -> Path:
    command = [sys.executable, "-m", "pip", "download", "--quiet", *WHEEL_OPTIONS]
    subprocess.run([*command, f"--dest={folder}", WHEEL], check=True)  # noqa: S603
    return next(folder.glob("*.whl"))


def _take(wheel: Path, names: list[str], target: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        for name in names:
            data = archive.read(f"{FOLDER}/{name}")
            if _digest(data) != SHA256[name]:
                raise SystemExit(f"{name} in {WHEEL} is not the pinned file")
            # A rename is atomic: two test processes may fetch at the same time.
            with tempfile.NamedTemporaryFile(dir=target, delete=False) as part:
                part.write(data)
            Path(part.name).chmod(0o644)
            Path(part.name).replace(target / name)


if __name__ == "__main__":
    ensure(Path(sys.argv[1]) if len(sys.argv) > 1 else DEFAULT_TARGET)
