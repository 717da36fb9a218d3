"""What `make build` stages: the tree as it is deployed, with bytecode that is trusted."""

import marshal
import sys
from pathlib import Path

import pytest

from local.release import compile_with, stage

_SELL = "functions/shop/sell.py"
_MODEL = "layers/shop/python/shop/model.py"
_UNCHECKED = 1
_HEADER = 16


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A project of one service, as somebody has worked in it."""
    files = {
        _SELL: "app = print\n",
        _MODEL: "def price() -> int:\n    return 1\n",
        "functions/shop/__pycache__/sell.cpython-312.pyc": "",
        "layers/dependencies/requirements.txt": "chalice\n",
        "layers/documents/requirements.txt": "segno\n",
        "build/dependencies/python/chalice/app.py": "",
        "build/documents/fonts/DejaVuSans.ttf": "",
        "templates/shop.yaml": "Resources: {}\n",
        "template.yaml": "Resources: {}\n",
    }
    for name, text in files.items():
        file = tmp_path / "project" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    return tmp_path / "project"


def staged(tree: Path) -> Path:
    release = tree / "build/release"
    compile_with(sys.executable, stage(tree, release))
    return release


def test_what_templates_name_is_there(tree: Path) -> None:
    release = staged(tree)

    places = (
        *("../functions/shop/sell.py", "../layers/shop/python/shop/model.py"),
        *("../build/dependencies/python/chalice/app.py", "../build/documents/fonts"),
    )
    assert all((release / "templates" / place).exists() for place in places)
    assert (release / "template.yaml").is_file()


def test_bytecode_of_whoever_worked_here_is_left_behind(tree: Path) -> None:
    shipped = {file.name for file in staged(tree).rglob("*.pyc")}

    tag = sys.implementation.cache_tag
    assert shipped == {f"sell.{tag}.pyc", f"model.{tag}.pyc"}


@pytest.mark.parametrize(
    ("source", "mounted"), [(_SELL, "/var/task/sell.py"), (_MODEL, "/opt/python/shop/model.py")]
)
def test_bytecode_is_trusted_and_says_where_lambda_has_its_source(
    tree: Path, source: str, mounted: str
) -> None:
    file = staged(tree) / source
    compiled = file.parent / f"__pycache__/{file.stem}.{sys.implementation.cache_tag}.pyc"
    content = compiled.read_bytes()

    assert int.from_bytes(content[4:8], "little") == _UNCHECKED
    assert marshal.loads(content[_HEADER:]).co_filename == mounted  # noqa: S302 - our own


def test_the_same_sources_make_the_same_release(tree: Path) -> None:
    """Else each deployment would replace every layer and every function."""
    first, second = (
        {file.name: file.read_bytes() for file in staged(tree).rglob("*.pyc")} for _ in range(2)
    )

    assert first == second
