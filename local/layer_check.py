"""Looks into the package layers that `make deps` made, and says how large they are."""

import sys
from collections.abc import Iterator
from pathlib import Path

_BUILD = Path(__file__).resolve().parents[1] / "build"
LAYERS = ("dependencies", "documents", "redis")
LAMBDA_MAX_MB = 250  # all layers and the code of one function, unzipped
_UNCHECKED = 1  # PEP 552 flags of a .pyc that is hash-based and never compared with its source


def problems(layer: Path, *, bytecode: bool) -> Iterator[str]:
    """Sources without their bytecode, bytecode that would be checked, Chalice's deployer."""
    python = layer / "python"
    if not python.is_dir():
        yield f"{layer}: no folder python"
    if bytecode:
        yield from uncompiled(python)
    chalice = {file.name for file in (python / "chalice").glob("*.py")}
    if chalice - {"__init__.py", "app.py"}:
        yield f"{python}/chalice: more than its two runtime modules"


def uncompiled(folder: Path) -> Iterator[str]:
    """Sources that Lambda's Python would compile, or compare with what was compiled."""
    for source in sorted(folder.rglob("*.py")):
        compiled = source.parent / "__pycache__" / f"{source.stem}.cpython-313.pyc"
        if not compiled.is_file():
            yield f"{source}: no bytecode"
        elif int.from_bytes(compiled.read_bytes()[4:8], "little") != _UNCHECKED:
            yield f"{compiled}: its source is looked at on every start"


def size_kb(folder: Path) -> int:
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file()) // 1000


def main(*options: str) -> None:
    sizes = {name: size_kb(_BUILD / name) // 1000 for name in LAYERS}
    lines = [
        line
        for name in LAYERS
        for line in problems(_BUILD / name, bytecode="--without-bytecode" not in options)
    ]
    if sum(sizes.values()) > LAMBDA_MAX_MB:
        lines.append(f"the layers are larger than {LAMBDA_MAX_MB} MB together")
    if lines:
        sys.exit("\n".join(lines[:20]))
    sys.stdout.write("".join(f"layer {name}: {size} MB\n" for name, size in sizes.items()))


if __name__ == "__main__":
    main(*sys.argv[1:])
