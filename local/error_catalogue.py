"""`python -m local.error_catalogue [--check]`: docs/errors.md of docs/openapi and local/advice.py.

The documents have every code that an endpoint may answer, by status; what to do is by hand.
"""

import json
import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any, Final

from local.advice import OF_CODE, OF_STATUS
from local.openapi.__main__ import FOLDER
from local.openapi.refusals import EXPLAINED
from tests.support.intrinsics import ROOT

Json = dict[str, Any]
Places = Mapping[tuple[int, str], set[str]]
"""The routes that answer a code under a status, "<service> <method> <path>"."""

FILE: Final = ROOT / "docs" / "errors.md"
_NAMED_MAX: Final = 3
_AS: Final = "as said above"
_INTRODUCTION: Final = """# Errors

Every refusal of ours has one body, whatever the endpoint:

```json
{"code": "order_closed", "message": "order closed", "request_id": "...",
 "details": {"status": {"payment": "new", "partner": "cancelled"}, "version": 1}}
```

Decide by `code`; `message` is for people and may change. `details` depend on the code,
`request_id` is also the header `X-Request-Id`, and finds the call in our logs. Three rules for
whoever moves money:

- A time-out, a broken connection, a 500 or a 503 is **unknown, not failed**: repeat the same
  request with the same ids and the same `Idempotency-Key`, with growing pauses. It is safe; what
  was done is not done twice.
- A 4xx is final for these bytes: a repeat is refused again, except for 429 and where this page
  says to wait.
- Codes are added over time: treat an unknown code as its status says.

The gateway answers by itself, with `{"message": "..."}` and no code: 401 and 403 when key, token
or signature are missing or wrong, 404 for a path or a method that does not exist, 429 above the
rate, 500 and 503 when no function answered. A payment system at its park's link is answered in
[its own protocol](providers.md), with HTTP statuses and codes of that. Written by `make documents`
from [the OpenAPI documents](openapi/), which say the same by endpoint. Where many endpoints answer
a code, a number counts those of a service.
"""


def places(documents: Mapping[str, Json]) -> Places:
    """Of the documents by service."""
    found: dict[tuple[int, str], set[str]] = defaultdict(set)
    for service, document in documents.items():
        for path, methods in document["paths"].items():
            for method, operation in methods.items():
                for status, response in operation["responses"].items():
                    for code in _codes(_resolved(response, document)):
                        found[int(status), code].add(f"{service} {method.upper()} {path}")
    return found


def _resolved(response: Json, document: Json) -> Json:
    name = response.get("$ref", "").rpartition("/")[2]
    found: Json = document["components"]["responses"][name] if name else response
    return found


def _codes(node: Any) -> Iterator[str]:
    """The values of each `code` that a schema enumerates."""
    match node:
        case {"code": {"enum": list(codes)}}:
            yield from codes
        case dict():
            for each in node.values():
                yield from _codes(each)
        case list():
            for each in node:
                yield from _codes(each)


def text(found: Places) -> str:
    lines, everywhere = [_INTRODUCTION], set[str]().union(*found.values())
    for status in sorted({status for status, _ in found}):
        explained = EXPLAINED[status] + ("" if EXPLAINED[status].endswith("?") else ".")
        lines += [f"## {status}", "", f"{explained} {OF_STATUS[status]}", ""]
        lines += ["| code | where | what the caller does |", "| --- | --- | --- |"]
        codes = sorted(code for each, code in found if each == status)
        lines += [
            f"| `{code}` | {_where(found[status, code], everywhere)} | {OF_CODE.get(code, _AS)} |"
            for code in codes
        ]
        lines.append("")
    return "\n".join(lines)


def _where(routes: set[str], everywhere: set[str]) -> str:
    """Routes when they are few, else how many of each service."""
    if len(routes) <= _NAMED_MAX:
        return ", ".join(f"`{route.partition(' ')[2]}`" for route in sorted(routes))
    if routes == everywhere:
        return "every endpoint"
    services = sorted({route.partition(" ")[0] for route in routes})
    return ", ".join(
        f"`{name}` ({sum(route.startswith(f'{name} ') for route in routes)})" for name in services
    )


def documents() -> dict[str, Json]:
    return {file.stem: json.loads(file.read_text("utf-8")) for file in FOLDER.glob("*.json")}


if __name__ == "__main__":
    page = text(places(documents()))
    if sys.argv[1:] != ["--check"]:
        FILE.write_text(page, encoding="utf-8")
    elif not FILE.exists() or FILE.read_text(encoding="utf-8") != page:
        sys.exit("docs/errors.md is not what the documents say, run make documents")
