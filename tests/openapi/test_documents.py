"""docs/openapi: valid, with samples that fit, every answer described and every refusal listed."""

from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from jsonschema import Draft202012Validator

from local.openapi.__main__ import different
from local.openapi.document import OutOfStep, document
from local.openapi.refusals import codes_of
from shared.errors import Conflict
from shared.http import Request, endpoint, http_app
from shared.http_event import event
from tests.architecture.templates import KEEPERS, expect_none, service
from tests.openapi.district import SERVED, kept
from tests.support.aws_world import Context, aws_world
from tests.support.documented import require_documented
from tests.support.intrinsics import ROOT, Json

EVERY_DOCUMENT = pytest.mark.parametrize("name", SERVED)


def described(name: str) -> Iterator[tuple[str, Json]]:
    """("POST /path", operation)"""
    for path, methods in kept(name)["paths"].items():
        for method, operation in methods.items():
            yield f"{method.upper()} {path}", operation


def misfits(name: str, schema: Json, value: Any) -> list[str]:
    whole = schema | {"components": kept(name)["components"]}
    return [error.message for error in Draft202012Validator(whole).iter_errors(value)]


def gateway_statuses(name: str, operation: Json) -> set[str]:
    """Statuses that the gateway may answer before a function is asked."""
    found = set()
    for status, response in operation["responses"].items():
        shared = response.get("$ref", "").rpartition("/")[2]
        whole = kept(name)["components"]["responses"].get(shared, response)
        if "gateway" in str(whole.get("content", {}).get("application/json", {})):
            found.add(status)
    return found - {"500", "503"}


def test_every_service_with_an_api_has_a_document() -> None:
    assert [name for name in KEEPERS if service(name).routes] == SERVED


@EVERY_DOCUMENT
def test_document_is_valid(name: str) -> None:
    schemathesis.openapi.from_dict(kept(name)).validate()


@EVERY_DOCUMENT
def test_samples_fit_their_schemas(name: str) -> None:
    problems = []
    for key, operation in described(name):
        for parameter in operation.get("parameters", []):
            if "example" in parameter:
                found = misfits(name, parameter["schema"], parameter["example"])
                problems += [f"{key} {parameter['name']}: {each}" for each in found]
        for content in operation.get("requestBody", {}).get("content", {}).values():
            found = misfits(name, content["schema"], content["examples"]["sample"]["value"])
            problems += [f"{key}: {each}" for each in found]
    expect_none(problems)


@EVERY_DOCUMENT
def test_every_success_says_what_it_answers(name: str) -> None:
    """None does by default: a Reply, or a dict, needs endpoint(answer=...) or its responses."""
    expect_none(
        f"{key}: {status}"
        for key, operation in described(name)
        for status, response in operation["responses"].items()
        if status < "300" and status != "204" and "content" not in response
    )


@pytest.mark.parametrize(
    ("name", "path", "statuses"),
    [
        ("qr_partner_integration", "/external/v1/orders", {"401", "403", "429"}),
        ("client_api", "/4.0/payments/v1/orders", {"401", "429"}),
        ("client_api", "/r/{token}", {"429"}),
        ("qr_orders", "/qr-orders/v1/create", {"403", "429"}),
    ],
)
def test_answers_of_the_gateway_itself_are_listed(name: str, path: str, statuses: set[str]) -> None:
    (operation,) = kept(name)["paths"][path].values()
    assert gateway_statuses(name, operation) == statuses


@EVERY_DOCUMENT
def test_every_declared_code_is_one_that_our_code_knows(name: str) -> None:
    known = "".join(file.read_text(encoding="utf-8") for file in (ROOT / "layers").rglob("*.py"))
    with aws_world(name) as world:
        endpoints = [
            each
            for function in service(name).functions.values()
            for each in getattr(world.load(name, function.stem).app, "endpoints", [])
        ]
    declared = {code for each in endpoints for codes in each.errors.values() for code in codes}
    expect_none(code for code in sorted(declared) if f'"{code}"' not in known)


def test_a_route_that_only_the_template_has_is_reported() -> None:
    def reroute(resources: Json) -> None:
        for resource in resources.values():
            key = resource.get("Properties", {}).get("RouteKey", "")
            if key.endswith("/order/status"):
                resource["Properties"]["RouteKey"] = key + "es"

    name = "qr_partner_integration"
    with aws_world(name) as world, pytest.raises(OutOfStep, match="order_status"):
        document(service(name).changed(reroute), world)


def test_changed_missing_and_left_over_documents_are_reported() -> None:
    wanted = {"a.json": "1", "b.json": "2", "c.json": "3"}
    assert different(wanted, {"a.json": "1", "b.json": "0", "d.json": "4"}) == [
        "b.json",
        "c.json",
        "d.json",
    ]


@pytest.mark.parametrize(("errors", "listed"), [({}, False), ({409: ("closed",)}, True)])
def test_a_code_that_is_not_declared_fails_the_test_that_meets_it(
    errors: dict[int, tuple[str, ...]], listed: bool
) -> None:
    app = http_app("shop-close")

    @endpoint(app, "GET", "/close", errors=errors)
    def close(_: Request[None]) -> None:
        raise Conflict("closed")

    answer = app(event("GET", "/close"), Context())
    if listed:
        require_documented("functions.shop.close", app, answer)
    else:
        with pytest.raises(AssertionError, match="409 closed"):
            require_documented("functions.shop.close", app, answer)


def test_an_endpoint_without_a_body_has_no_refusals_of_one() -> None:
    app = http_app("shop-look")
    endpoint(app, "GET", "/look")(lambda _: None)
    assert codes_of(app.endpoints[0]) == {400: {"duplicate_parameter", "malformed_query"}}
