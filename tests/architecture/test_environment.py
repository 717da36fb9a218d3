"""The template sets what the code reads from the environment, and nothing else."""

import ast
import sys
from collections.abc import Iterator

import pytest

from shared import settings
from shared.store import Row
from tests.architecture.templates import (
    SERVICES,
    STAGE,
    Service,
    differences,
    expect_none,
    service,
    sources,
)
from tests.support.aws_world import aws_world

# Every service has these two: shared code reads SERVICE, an operator reads STAGE.
ALWAYS = {"STAGE", "SERVICE"}


def declared(found: Service) -> set[str]:
    functions = found.functions.values()
    return {name for function in functions for name in function.environment}


def settings_names(name: str) -> set[str]:
    """What `...Settings` of a package's wiring or settings read; the functions are loaded."""
    modules = (sys.modules.get(f"{name}.{each}") for each in ("wiring", "settings"))
    found = {each: kind for module in modules if module for each, kind in vars(module).items()}
    kinds = [kind for each, kind in found.items() if each.endswith("Settings")]
    return {one for kind in kinds for one in settings.names(kind)}


def table_names(name: str) -> set[str]:
    """Meta.table_env of a package's own rows, and of the task rows if it has tasks."""
    own = {row for row in _rows(Row) if row.__module__.partition(".")[0] == name}
    folders = (f"layers/{name}", f"functions/{name}")
    imported = {module for _, tree in sources(*folders) for module in imports(tree)}
    used = {row for row in _rows(Row) if row.__module__ in imported}
    return {getattr(row.Meta, "table_env", "") for row in own | used} - {""}


def literal_names(tree: ast.Module) -> set[str]:
    """NAME of each os.environ["NAME"] and os.environ.get("NAME", ...)."""
    found = set()
    for node in ast.walk(tree):
        match node:
            case ast.Subscript(
                value=ast.Attribute(attr="environ"), slice=ast.Constant(value=str(name))
            ):
                found.add(name)
            case ast.Call(
                func=ast.Attribute(attr="get", value=ast.Attribute(attr="environ")),
                args=[ast.Constant(value=str(name)), *_],
            ):
                found.add(name)
    return found


def imports(tree: ast.Module) -> set[str]:
    found = set()
    for node in ast.walk(tree):
        match node:
            case ast.Import(names=names):
                found |= {each.name for each in names}
            case ast.ImportFrom(module=str(module), names=names):
                found |= {module} | {f"{module}.{each.name}" for each in names}
    return found


def _rows(row: type[Row]) -> Iterator[type[Row]]:
    for kind in row.__subclasses__():
        yield kind
        yield from _rows(kind)


@pytest.mark.parametrize("name", SERVICES)
def test_environment_is_what_the_service_reads(name: str) -> None:
    found = service(name)
    with aws_world(name, stage=STAGE) as world:
        for function in found.functions.values():
            world.load(name, function.stem)
        read = {
            each
            for package in found.packages
            for each in settings_names(package) | table_names(package)
        }
    folders = (f"layers/{package}" for package in found.packages)
    for _, tree in sources(*folders, f"functions/{name}"):
        read |= literal_names(tree)
    if name not in found.packages:
        # It borrows a package, of which other functions read more.
        read &= declared(found)
    problems = differences(
        declared(found), read | (ALWAYS if found.functions else set()), "the template", "the code"
    )
    expect_none(problems)


def test_names_read_in_place_are_found() -> None:
    tree = ast.parse('import os\na = os.environ["ONE"]\nb = os.environ.get("TWO", "")')
    assert literal_names(tree) == {"ONE", "TWO"}
