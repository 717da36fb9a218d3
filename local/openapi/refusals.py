"""Every answer that is not the one wished for: ours with their codes, and the gateway's own."""

import json
import re
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any, Final

from shared.http import Endpoint
from tests.support.intrinsics import ROOT

Json = dict[str, Any]

WITH_BODY: Final = ("POST", "PUT", "PATCH")
EXPLAINED: Final = {
    400: "The request itself is malformed",
    401: "Who are you?",
    402: "A bank has declined for good; nothing else is ever answered so",
    403: "Known, but not allowed",
    404: "No such object, or not yours",
    409: "The object's state forbids it; details say the state",
    410: "It existed, and its time is over",
    413: "Over a documented bound",
    415: "JSON, please",
    422: "Well formed, and the business says no",
    429: "Slow down",
    500: "A failure of ours",
    503: "The outcome is unknown, or a part of us is down: repeat with the same ids",
}
# {"message"} of an HTTP API, before a function is asked or in its place (decision 13).
_THROTTLED: Final = {429: "Too Many Requests"}
_DENIED: Final = {
    "CUSTOM": {401: "Unauthorized", 403: "Forbidden"},
    "JWT": {401: "Unauthorized"},
    "AWS_IAM": {403: "Forbidden"},
    "NONE": {},
}
_BROKEN: Final = {500: "Internal Server Error", 503: "Service Unavailable"}
COMPONENTS: Final[Json] = {
    "Error": {
        "type": "object",
        "description": "What a refusal says; `details` depend on the code.",
        "properties": {
            "code": {"type": "string"},
            "message": {"type": "string"},
            "details": {"type": "object"},
            "request_id": {"type": "string"},
        },
        "required": ["code", "message", "details", "request_id"],
        "additionalProperties": False,
    },
    "GatewayMessage": {
        "type": "object",
        "description": "The gateway's own answer: no function was asked, or none answered.",
        "properties": {"message": {"type": "string"}},
        "required": ["message"],
        "additionalProperties": False,
    },
}


def codes_of(endpoint: Endpoint) -> dict[int, set[str]]:
    """The codes of 4xx that `endpoint` may answer: those it declares, and those of the edge."""
    found = {status: set(codes) for status, codes in endpoint.errors.items()}
    found.setdefault(400, set()).update(("duplicate_parameter", "malformed_query"))
    if endpoint.input is not None or endpoint.body is not None:
        found[400].add("validation_failed")
    if endpoint.method in WITH_BODY:
        found[415] = {"unsupported_media_type"}
        if endpoint.input is not None or endpoint.body is not None:
            found[400].add("malformed_json")
            found.setdefault(413, set()).add("body_too_large")
    return found


def responses(endpoint: Endpoint, auth: str) -> Json:
    """The refusals of an operation, by status; those that many have are in the components."""
    codes, messages = codes_of(endpoint), _THROTTLED | _DENIED[auth]
    known = {json.dumps(found): name for name, found in _common().items()}
    every: Json = {"500": _shared("InternalError"), "503": _shared("Unavailable")}
    for status in sorted(codes.keys() | messages.keys()):
        found = _response(status, codes.get(status, ()), messages.get(status))
        name = known.get(json.dumps(found))
        every[str(status)] = found if name is None else _shared(name)
    return every


def gateway_responses(auth: str) -> Json:
    """Of an operation that speaks another's protocol, for which we list what is not of it."""
    messages = _THROTTLED | _DENIED[auth] | _BROKEN
    return {
        str(status): _response(status, (), message) for status, message in sorted(messages.items())
    }


def shared_responses(service: str) -> Json:
    """components/responses of a service's document."""
    unknown = _response(503, unavailable_codes(service), _BROKEN[503])
    return _common() | {"Unavailable": unknown}


def _common() -> Json:
    return {
        "Unauthorized": _response(401, (), "Unauthorized"),
        "Forbidden": _response(403, (), "Forbidden"),
        "BodyTooLarge": _response(413, ["body_too_large"], None),
        "UnsupportedMediaType": _response(415, ["unsupported_media_type"], None),
        "Throttled": _response(429, (), _THROTTLED[429]),
        "InternalError": _response(500, ["internal_error"], _BROKEN[500]),
    }


def _shared(name: str) -> Json:
    return {"$ref": f"#/components/responses/{name}"}


def _response(status: int, codes: Iterable[str], message: str | None) -> Json:
    choices: list[Json] = []
    if known := sorted(codes):
        ours = {"$ref": "#/components/schemas/Error"}
        choices.append({"allOf": [ours, {"properties": {"code": {"enum": known}}}]})
    content: Json = {}
    if message is not None:
        choices.append({"$ref": "#/components/schemas/GatewayMessage"})
        content = {"examples": {"gateway": {"value": {"message": message}}}}
    schema = choices[0] if len(choices) == 1 else {"anyOf": choices}
    found: Json = {
        "description": EXPLAINED[status],
        "content": {"application/json": {"schema": schema, **content}},
    }
    if known and status == 429:
        whole = {"type": "string", "pattern": "^[0-9]+$"}
        found["headers"] = {"Retry-After": {"description": "Seconds", "schema": whole}}
    return found


@cache
def unavailable_codes(service: str) -> frozenset[str]:
    """Codes of 503 in the code of a service, of those it calls, and of what all of them share."""
    return frozenset(
        code
        for name in ("shared", *_reached(service))
        for code in re.findall(r'\bUnavailable\(\s*"(\w+)"', _text(name))
    )


def _reached(service: str) -> set[str]:
    found, left = set[str](), {service}
    while left:
        name = left.pop()
        found.add(name)
        left |= set(re.findall(r'\.call\(\s*"(\w+)"', _text(name))) - found
    return found


@cache
def _text(layer: str) -> str:
    files = sorted((ROOT / "layers" / layer).rglob("*.py"))
    return "\n".join(file.read_text(encoding="utf-8") for file in files)


def undocumented(endpoints: Iterable[Endpoint], status: int, body: Mapping[str, Any]) -> bool:
    """Whether no endpoint of a function documents this refusal. Codes of 503 are not looked at."""
    code = str(body.get("code"))
    return status < 500 and not any(code in codes_of(each).get(status, ()) for each in endpoints)
