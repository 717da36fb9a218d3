"""What `make deps` must not let into a layer, or leave out of it."""

import re
from pathlib import Path

import pytest

from local.layer_check import problems
from shared import aws
from tests.support.intrinsics import ROOT

UNCHECKED, CHECKED = 1, 3


@pytest.fixture
def layer(tmp_path: Path) -> Path:
    """A layer with Chalice's one module, compiled for Lambda's Python."""
    cache = tmp_path / "python/chalice/__pycache__"
    cache.mkdir(parents=True)
    (tmp_path / "python/chalice/app.py").touch()
    compile_to(cache / "app.cpython-313.pyc", UNCHECKED)
    return tmp_path


def compile_to(file: Path, flags: int) -> None:
    file.write_bytes(b"\xf3\r\r\n" + flags.to_bytes(4, "little") + bytes(8))


def test_a_compiled_layer_has_no_problems(layer: Path) -> None:
    assert list(problems(layer, bytecode=True)) == []


def test_a_source_without_bytecode_is_reported(layer: Path) -> None:
    (layer / "python/lonely.py").touch()
    assert [line.rpartition("/")[2] for line in problems(layer, bytecode=True)] == [
        "lonely.py: no bytecode"
    ]


def test_bytecode_is_not_asked_for_where_lambdas_python_is_missing(layer: Path) -> None:
    (layer / "python/lonely.py").touch()
    assert list(problems(layer, bytecode=False)) == []


def test_bytecode_that_is_compared_with_its_source_is_reported(layer: Path) -> None:
    compile_to(layer / "python/chalice/__pycache__/app.cpython-313.pyc", CHECKED)
    (line,) = problems(layer, bytecode=True)
    assert line.endswith("its source is looked at on every start")


def test_more_of_chalice_than_its_runtime_is_reported(layer: Path) -> None:
    (layer / "python/chalice/cli.py").touch()
    (line,) = problems(layer, bytecode=False)
    assert line.endswith("more than its two runtime modules")


def test_the_layer_keeps_the_models_of_every_client() -> None:
    [kept] = re.findall(r"^AWS := (.*)$", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)
    assert set(kept.split()) == {*aws._LIMITS, "lambda"}
