"""The document of one service: routes of its template, operations of its functions."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from inspect import cleandoc, isclass
from types import ModuleType
from typing import Any, Final, get_origin, get_type_hints
from urllib.parse import parse_qsl

from local.openapi import refusals
from local.openapi.schemas import Schemas, not_null, schemas_of
from shared.http import IDEMPOTENCY_KEY_MAX, Endpoint, Model, Reply
from tests.architecture.templates import Route, Service
from tests.support.aws_world import World
from tests.support.intrinsics import ROOT

Json = dict[str, Any]

_FOREIGN: Final = "In the caller's own protocol; whatever it says is the protocol's to describe."
# How the templates call an authorisation, and how the documents do.
_NAMES: Final = {"CUSTOM": "apiKey", "JWT": "jwt", "AWS_IAM": "sigV4"}
_SCHEMES: Final[Json] = {
    "JWT": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"},
    "AWS_IAM": {
        "type": "apiKey",
        "in": "header",
        "name": "Authorization",
        "description": "AWS Signature Version 4, service execute-api.",
    },
}
_HEADERS: Final = {
    "Idempotency-Key": {
        "type": "string",
        "minLength": 1,
        "maxLength": IDEMPOTENCY_KEY_MAX,
        "pattern": "^[ -~]*$",
    },
    "X-Client": {"type": "string", "pattern": "^cm_[0-9a-f]{16}$"},
    "X-Timestamp": {"type": "string", "pattern": "^[1-9][0-9]{9}$"},
    "X-Signature": {"type": "string", "pattern": "^[0-9a-f]{64}$"},
}
_TEXT: Final = {"type": "string"}


class OutOfStep(Exception):
    """Template and code do not serve the same."""


@dataclass(frozen=True, slots=True)
class Operation:
    """A route of the template, and the endpoint that serves it: None is a foreign protocol."""

    route: Route
    stem: str
    summary: str
    endpoint: Endpoint | None
    sample: Json

    @property
    def method(self) -> str:
        return self.route.key.partition(" ")[0]

    @property
    def path(self) -> str:
        return self.route.key.partition(" ")[2]

    @property
    def is_canonical(self) -> bool:
        return self.endpoint is None or self.endpoint.paths[0] == self.path


def document(service: Service, world: World) -> Json:
    """OpenAPI 3.1 of the service's API. Raises OutOfStep."""
    operations = list(_operations(service, world))
    endpoints = [each.endpoint for each in operations if each.endpoint]
    schemas = schemas_of(
        {body for each in endpoints if (body := body_of(each))},
        {answer for each in endpoints if (answer := answer_of(each))},
    )
    paths: Json = {}
    for each in operations:
        for method in ("GET", "POST") if each.method == "ANY" else (each.method,):
            paths.setdefault(each.path, {})[method.lower()] = _described(each, method, schemas)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": service.name,
            "version": "1.0.0",
            "description": service.source["Description"],
        },
        "paths": dict(sorted(paths.items())),
        "components": {
            "schemas": dict(sorted((schemas.components | refusals.COMPONENTS).items())),
            "responses": _used(refusals.shared_responses(service.name), paths),
            "securitySchemes": _security_schemes(service),
        },
    }


def _operations(service: Service, world: World) -> Iterator[Operation]:
    for name in sorted({route.function for route in service.routes}):
        function = service.functions[name]
        module = world.load(service.name, function.stem)
        endpoints = getattr(module.app, "endpoints", None)
        known = {f"{each.method} {path}": each for each in endpoints or () for path in each.paths}
        routes = {route.key: route for route in service.routes if route.function == name}
        if endpoints is not None and known.keys() != routes.keys():
            raise OutOfStep(f"{name}: {sorted(known)} in code, {sorted(routes)} in the template")
        sample = _sample(service.name, function.short)
        for key, route in routes.items():
            yield Operation(route, function.stem, _summary(module), known.get(key), sample)


def body_of(endpoint: Endpoint) -> Any:
    """The model of what an endpoint reads: its JSON body, or the query of a GET; None is none."""
    return endpoint.input or _located(endpoint.body)


def answer_of(endpoint: Endpoint) -> Any:
    """The model of what an endpoint answers; None when no model says it."""
    if endpoint.answer is not None:
        return _located(endpoint.answer)
    said = get_type_hints(endpoint.handler).get("return")
    return None if said in (Reply, object) or get_origin(said) is dict else said


def _located(model: Model) -> Any:
    if not isinstance(model, str):
        return model
    module, _, name = model.rpartition(".")
    return getattr(import_module(module), name)


def _described(each: Operation, method: str, schemas: Schemas) -> Json:
    """One Operation Object."""
    found: Json = {"operationId": _operation_id(each, method), "summary": each.summary}
    if not each.is_canonical and each.endpoint:
        found["description"] = f"Another spelling of {each.endpoint.paths[0]}."
    parameters = _path_parameters(each) + _query_and_headers(each, schemas)
    if parameters:
        found["parameters"] = parameters
    if each.endpoint is None:
        anything = {"description": _FOREIGN, "content": {"*/*": {}}}
        found["responses"] = {"default": anything} | refusals.gateway_responses(each.route.auth)
    else:
        found |= _body(each, each.endpoint, schemas)
        found["responses"] = _answers(each.endpoint, schemas) | refusals.responses(
            each.endpoint, each.route.auth
        )
        found["responses"] |= {str(k): dict(v) for k, v in each.endpoint.responses.items()}
        found["responses"] = dict(sorted(found["responses"].items()))
    auth = each.route.auth
    found["security"] = [] if auth == "NONE" else [{_NAMES[auth]: []}]
    return found


def _operation_id(each: Operation, method: str) -> str:
    """The function's name, with what tells the routes of one function from each other."""
    other = "" if each.is_canonical else "_" + each.path.strip("/").split("/")[0].replace("-", "_")
    return each.stem + other + ("" if each.endpoint else f"_{method.lower()}")


def _answers(endpoint: Endpoint, schemas: Schemas) -> Json:
    answer = answer_of(endpoint)
    schema = schemas.written[answer] if answer else None
    found: Json = {}
    for status in endpoint.statuses:
        response: Json = {"description": _first_line(answer) if isclass(answer) else "Done"}
        if schema is not None:
            response["content"] = {"application/json": {"schema": schema}}
        found[str(status)] = response
    return found


def _body(each: Operation, endpoint: Endpoint, schemas: Schemas) -> Json:
    if endpoint.method not in refusals.WITH_BODY:
        return {}
    model = body_of(endpoint)
    if model is None:
        return {}
    content: Json = {"schema": schemas.read[model]}
    if each.sample.get("body"):
        content["examples"] = {"sample": {"value": json.loads(each.sample["body"])}}
    return {"requestBody": {"required": True, "content": {"application/json": content}}}


def _path_parameters(each: Operation) -> list[Json]:
    samples = each.sample.get("pathParameters") or {}
    names = [part.strip("{}") for part in each.path.split("/") if part.startswith("{")]
    return [
        {
            "name": name,
            "in": "path",
            "required": True,
            "schema": {"type": "string", "minLength": 1},
            **({"example": samples[name]} if name in samples else {}),
        }
        for name in names
    ]


def _query_and_headers(each: Operation, schemas: Schemas) -> list[Json]:
    endpoint = each.endpoint
    if endpoint is None:
        return []
    codes = set().union(*endpoint.errors.values())
    headers = {name: False for name in endpoint.headers}
    if codes & {"idempotency_key_required", "idempotency_key_invalid"}:
        headers["Idempotency-Key"] = "idempotency_key_required" in codes
    found: list[Json] = [
        {"name": name, "in": "header", "required": needed, "schema": _HEADERS.get(name, _TEXT)}
        for name, needed in headers.items()
    ]
    if endpoint.input is None or endpoint.method in refusals.WITH_BODY:
        return found
    model = _resolved(schemas.read[endpoint.input], schemas.components)
    sample = dict(parse_qsl(each.sample.get("rawQueryString", "")))
    for name, schema in model["properties"].items():
        needed = name in model.get("required", [])
        said = {"name": name, "in": "query", "required": needed, "schema": not_null(schema)}
        found.append(said | ({"example": sample[name]} if name in sample else {}))
    return found


def _resolved(schema: Json, components: Json) -> Json:
    reference = schema.get("$ref")
    found: Json = components[reference.rpartition("/")[2]] if reference else schema
    return found


def _used(responses: Json, paths: Json) -> Json:
    text = json.dumps(paths)
    return {name: each for name, each in responses.items() if f'/responses/{name}"' in text}


def _security_schemes(service: Service) -> Json:
    used = {route.auth for route in service.routes} - {"NONE"}
    found = {_NAMES[auth]: scheme for auth, scheme in _SCHEMES.items() if auth in used}
    for authorizer in service.resources("AWS::ApiGatewayV2::Authorizer").values():
        if authorizer["AuthorizerType"] == "REQUEST" and "CUSTOM" in used:
            name = authorizer["IdentitySource"][0].removeprefix("$request.header.")
            found[_NAMES["CUSTOM"]] = {"type": "apiKey", "in": "header", "name": name}
    return found


def _sample(service: str, function: str) -> Json:
    found: Json = json.loads(
        (ROOT / "events" / service / f"{function}.json").read_text(encoding="utf-8")
    )
    return found


def _summary(module: ModuleType) -> str:
    """The module's docstring, which begins with its route."""
    return _first_line(module).partition(": ")[2].rstrip(".")


def _first_line(thing: object) -> str:
    """Of its own docstring: one inherited from a base would describe something else."""
    own = vars(thing).get("__doc__") or "Done"
    return cleandoc(own).partition("\n")[0]
