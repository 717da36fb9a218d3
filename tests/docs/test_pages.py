"""Pages that are written from the code say what it says: docs/errors.md and docs/statuses.md."""

import ast
from enum import StrEnum

from local import error_catalogue, status_diagrams
from local.advice import OF_CODE, OF_STATUS
from local.error_catalogue import documents, places
from local.status_diagrams import diagram, tables
from shared.errors import BY_STATUS
from tests.architecture.templates import KEEPERS, differences, expect_none, sources
from tests.support.intrinsics import Json


def moves_in(service: str) -> set[str]:
    """Names of the tables of moves that the source of a service's model assigns."""
    return {
        f"{service} {target.id}"
        for place, tree in sources(f"layers/{service}/python/{service}")
        if "/model" in place
        for node in tree.body
        for target in targets(node)
        if isinstance(target, ast.Name) and target.id.endswith("MOVES")
    }


def targets(node: ast.stmt) -> list[ast.expr]:
    match node:
        case ast.AnnAssign(target=target):
            return [target]
        case ast.Assign(targets=found):
            return found
    return []


def test_the_catalogue_of_errors_is_what_the_documents_say() -> None:
    page = error_catalogue.FILE.read_text(encoding="utf-8")
    assert page == error_catalogue.text(places(documents()))


def test_the_diagrams_are_what_the_tables_say() -> None:
    assert status_diagrams.FILE.read_text(encoding="utf-8") == status_diagrams.text()


def test_every_table_of_moves_is_drawn() -> None:
    written = set().union(*map(moves_in, KEEPERS))
    drawn = {f"{service} {name}" for service, name, _table in tables()}
    expect_none(differences(written, drawn, "the layers", "the diagrams"))


def test_advice_is_of_codes_that_exist() -> None:
    expect_none(OF_CODE.keys() - {code for _status, code in places(documents())})


def test_every_status_of_an_error_has_advice() -> None:
    assert BY_STATUS.keys() <= OF_STATUS.keys()


def test_a_code_is_found_in_place_and_behind_a_reference() -> None:
    def refusal(code: str) -> Json:
        choice = {"allOf": [{"properties": {"code": {"enum": [code]}}}]}
        return {"content": {"application/json": {"schema": {"anyOf": [choice, {}]}}}}

    shop = {
        "paths": {
            "/sell": {
                "post": {
                    "responses": {
                        "409": refusal("sold_out"),
                        "503": {"$ref": "#/components/responses/Unavailable"},
                    }
                }
            }
        },
        "components": {"responses": {"Unavailable": refusal("storage_unavailable")}},
    }

    assert places({"shop": shop}) == {
        (409, "sold_out"): {"shop POST /sell"},
        (503, "storage_unavailable"): {"shop POST /sell"},
    }


class _Light(StrEnum):
    """light: what a driver sees."""

    RED = "red"
    GREEN = "green"
    OFF = "off"


def test_a_diagram_has_its_beginning_its_end_and_every_move() -> None:
    moves = {
        _Light.RED: frozenset({_Light.OFF, _Light.GREEN}),
        _Light.GREEN: frozenset({_Light.OFF}),
        _Light.OFF: frozenset[_Light](),
    }

    assert diagram(moves).splitlines()[2:-1] == [
        "    [*] --> red",
        "    red --> green",
        "    red --> off",
        "    green --> off",
        "    off --> [*]",
    ]
