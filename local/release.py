"""`python -m local.release [PYTHON313]`: build/release, the tree that `make deploy` ships.

A copy, so that bytecode which is never compared with its source lies beside sources that nobody
edits. Package layers are links to what `make deps` made. Without Lambda's Python the copy goes
without bytecode, and cold starts are slower.
"""

import shutil
import subprocess
import sys
from pathlib import Path
from typing import Final

from local import layer_check

_ROOT: Final = Path(__file__).resolve().parents[1]
RELEASE: Final = _ROOT / "build/release"
# Where Lambda mounts them: so tracebacks say, and no path of this machine is shipped.
_MOUNTS: Final = {"functions": "/var/task", "layers": "/opt"}
_PACKED: Final = ("dependencies", "documents")
_NOT_SHIPPED: Final = shutil.ignore_patterns("__pycache__", "*.pyc", "requirements*.txt")


def stage(root: Path = _ROOT, release: Path = RELEASE) -> list[Path]:
    """Copies what is shipped of the tree at `root`; the folders that Lambda will unpack."""
    shutil.rmtree(release, ignore_errors=True)
    for name in ("templates", *_MOUNTS):
        shutil.copytree(root / name, release / name, ignore=_NOT_SHIPPED)
    shutil.copy(root / "template.yaml", release)
    (release / "build").mkdir()
    for name in _PACKED:
        shutil.rmtree(release / "layers" / name, ignore_errors=True)  # it had requirements only
        (release / "build" / name).symlink_to(root / "build" / name)
    return [folder for place in _MOUNTS for folder in sorted((release / place).iterdir())]


def compile_with(python: str, folders: list[Path]) -> None:
    """Bytecode of `python`, trusted as it is: a zip's times do not matter."""
    for folder in folders:
        paths = ["-s", str(folder), "-p", _MOUNTS[folder.parent.name]]
        trusted = ["--invalidation-mode", "unchecked-hash"]
        command = [python, "-m", "compileall", "-q", *trusted, *paths, str(folder)]
        subprocess.run(command, check=True)  # noqa: S603


def main(*pythons: str) -> None:
    folders = stage()
    for python in filter(None, pythons):
        compile_with(python, folders)
    lines = [line for each in folders for line in layer_check.uncompiled(each)]
    if any(pythons) and lines:
        sys.exit("\n".join(lines[:20]))
    sizes = (
        f"{each.parent.name}/{each.name}: {layer_check.size_kb(each):,} kB, "
        f"{len(list(each.rglob('*.pyc')))} compiled\n"
        for each in folders
    )
    sys.stdout.write("".join(sizes))


if __name__ == "__main__":
    main(*sys.argv[1:])
