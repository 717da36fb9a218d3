"""`make provider` leaves nothing half-added, and what it writes passes the contract."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from local.new_provider import add
from tests.architecture.templates import Service
from tests.architecture.test_providers import API, half_added, registered, served
from tests.support.intrinsics import ROOT

FOLDERS = (
    "docs",
    "layers/fleet_payment_systems",
    "layers/shared",
    "templates",
    f"functions/{API}",
    f"events/{API}",
    "tests/fleet_payment_systems/providers",
    "tests/support",
)


# In one process: what they import takes longer than what they do.
_PAGE_AND_TESTS = """
import sys
import pytest
from tests.fleet_payment_systems.providers import documentation
documentation.write()
sys.exit(pytest.main(sys.argv[1:]))
"""


@pytest.fixture(name="tree")
def _tree(tmp_path: Path) -> Path:
    for folder in FOLDERS:
        shutil.copytree(ROOT / folder, tmp_path / folder)
    shutil.copy(ROOT / "pyproject.toml", tmp_path / "pyproject.toml")
    return tmp_path


def test_a_new_provider_is_whole_and_passes_the_contract(tree: Path) -> None:
    written = add("acme_pay", tree)
    assert len(written) == 9
    link = "/fps/v1/acme_pay/{token}"
    declared = {**registered(), "acme_pay": frozenset({f"GET {link}", f"POST {link}"})}
    assert list(half_added(declared, Service(API, tree))) == []
    assert served(tree / f"functions/{API}/acme_pay.py")
    python = [file for file in written if file.endswith(".py")]
    run([sys.executable, "-m", "ruff", "check", *python], tree)
    run([sys.executable, "-m", "ruff", "format", "--check", *python], tree)
    folder = "tests/fleet_payment_systems/providers"
    files = [f"{folder}/test_{each}.py" for each in ("acme_pay", "contract", "documentation")]
    chosen = ["-k", "acme_pay", f"tests/{API}/test_acme_pay.py", *files]
    run([sys.executable, "-c", _PAGE_AND_TESTS, *chosen], tree)


def run(command: list[str], tree: Path) -> None:
    layers = [str(tree / f"layers/{name}/python") for name in ("shared", "fleet_payment_systems")]
    path = ":".join([str(tree), *layers])
    done = subprocess.run(  # noqa: S603
        command, cwd=tree, env={"PYTHONPATH": path}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("name", ["", "Acme", "acme-pay", "../x", "mobilnik", "_x", "a" * 31])
def test_a_name_that_will_not_do_writes_nothing(tree: Path, name: str) -> None:
    before = {file: file.stat().st_mtime_ns for file in tree.rglob("*")}
    with pytest.raises(ValueError, match=name or "lower-case"):
        add(name, tree)
    assert {file: file.stat().st_mtime_ns for file in tree.rglob("*")} == before
