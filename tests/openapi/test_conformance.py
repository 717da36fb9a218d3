"""schemathesis over each document: no 5xx, and no answer outside its schema.

Requests are made of the document and go through the real handlers, in a town where something has
happened: values that the town knows take the place of others, or all were refused at the door.
PROOFS=all looks further.
"""

import json
import os
from collections.abc import Iterator
from copy import deepcopy
from functools import cache
from typing import Any, Final

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.openapi.district import SERVED, District, Known, district, kept
from tests.support.intrinsics import Json

EXAMPLES: Final = 300 if os.environ.get("PROOFS") == "all" else 8
CHECKS: Final = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
# "default" is an answer in a payment system's own protocol, where a SOAP fault is a 500.
OPERATIONS: Final = [
    pytest.param(service, path, method, id=f"{method.upper()} {path}")
    for service in SERVED
    for path, methods in kept(service)["paths"].items()
    for method, operation in methods.items()
    if "default" not in operation["responses"]
]
# The same requests each time; the town lives on between them, so a failure is not made smaller.
_SETTINGS: Final = settings(
    max_examples=EXAMPLES,
    database=None,
    derandomize=True,
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture(scope="module")
def place() -> Iterator[District]:
    with district() as found:
        yield found


@cache
def operations(service: str) -> Any:
    return schemathesis.openapi.from_dict(kept(service))


@st.composite
def cases(draw: st.DrawFn, operation: Any, known: Known) -> Any:
    """A request by the document, sometimes against it; often of the document's own sample."""
    mode = draw(st.sampled_from([GenerationMode.POSITIVE] * 3 + [GenerationMode.NEGATIVE]))
    case = draw(operation.as_strategy(generation_mode=mode))
    if mode.is_positive and draw(st.booleans()):
        _take_sample(case, operation.definition.raw)
    case.body, case.query = (_of_here(draw, part, known) for part in (case.body, case.query))
    case.path_parameters = _of_here(draw, case.path_parameters, known)
    case.headers = _of_here(draw, dict(case.headers or {}), known)
    return case


def _take_sample(case: Any, described: Json) -> None:
    for content in described.get("requestBody", {}).get("content", {}).values():
        case.body = deepcopy(content["examples"]["sample"]["value"])
    queries = [each for each in described.get("parameters", []) if each["in"] == "query"]
    if found := {each["name"]: each["example"] for each in queries if "example" in each}:
        case.query = found


def _of_here(draw: st.DrawFn, node: Any, known: Known) -> Any:
    if isinstance(node, list):
        return [_of_here(draw, each, known) for each in node]
    if not isinstance(node, dict):
        return node
    return {
        name: draw(st.sampled_from(known[name]))
        if name in known and draw(st.integers(0, 3))
        else _of_here(draw, value, known)
        for name, value in node.items()
    }


def parts_of(case: Any) -> Json:
    body = None if case.body is schemathesis.core.NOT_SET else json.dumps(case.body, default=str)
    return {
        "path": case.path_parameters or {},
        "query": case.query or {},
        "headers": {"content-type": "application/json"} | dict(case.headers or {}),
        "body": body,
    }


@pytest.mark.parametrize(("service", "path", "method"), OPERATIONS)
def test_every_answer_is_one_of_the_document(
    place: District, service: str, path: str, method: str
) -> None:
    operation = operations(service)[path][method]
    function = place.function(service, f"{method.upper()} {path}")

    @_SETTINGS
    @given(cases(operation, place.known))
    def answers(case: Any) -> None:
        response = place.send(service, function, f"{method.upper()} {path}", parts_of(case))
        case.validate_response(response, checks=CHECKS)

    answers()
