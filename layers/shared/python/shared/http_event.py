"""HTTP API 2.0 events: building them, and turning them into the 1.0 shape that Chalice reads.

Chalice matches on `requestContext.resourcePath` and `.httpMethod` of a REST API event; an HTTP API
costs a third, so its events are translated here, and the answers back (DESIGN 6).
"""

import base64
import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode

from shared.errors import InvalidRequest

Event = dict[str, Any]


def event(
    method: str,
    route: str,
    *,
    path: Mapping[str, str] | None = None,
    query: Mapping[str, str] | None = None,
    body: object = None,
    headers: Mapping[str, str] | None = None,
    authorizer: Mapping[str, Any] | None = None,
) -> Event:
    """The event of `method route`, as the gateway would send it: for internal calls and tests.

    `body` is a JSON value, or text that goes as it is; `authorizer` is {"jwt"|"lambda"|"iam": …}.
    """
    raw_path = route
    for name, value in (path or {}).items():
        raw_path = raw_path.replace(f"{{{name}}}", quote(value, safe=""))
    text = body if isinstance(body, str) or body is None else json.dumps(body, ensure_ascii=False)
    sent = {"content-type": "application/json"} if text is not None else {}
    return {
        "version": "2.0",
        "routeKey": f"{method} {route}",
        "rawPath": raw_path,
        "rawQueryString": urlencode(query or {}),
        "headers": sent | {key.lower(): value for key, value in (headers or {}).items()},
        "pathParameters": dict(path or {}),
        "requestContext": {
            "http": {"method": method, "path": raw_path, "sourceIp": "127.0.0.1"},
            "routeKey": f"{method} {route}",
            "stage": "$default",
            "apiId": "local",
            "domainName": "localhost",
            "authorizer": dict(authorizer or {}),
        },
        "body": text,
        "isBase64Encoded": False,
    }


def to_v1(v2: Event) -> Event:
    """The REST API form of a 2.0 event. Raises InvalidRequest on a query that is not UTF-8."""
    context = v2["requestContext"]
    values = _query(v2.get("rawQueryString") or "")
    headers = dict(v2.get("headers") or {})
    if v2.get("cookies"):
        headers["cookie"] = "; ".join(v2["cookies"])
    resource = v2["routeKey"].partition(" ")[2]
    return {
        "resource": resource,
        "path": v2["rawPath"],
        "httpMethod": context["http"]["method"],
        "headers": headers,
        "multiValueQueryStringParameters": values or None,
        "queryStringParameters": {key: found[-1] for key, found in values.items()} or None,
        "pathParameters": v2.get("pathParameters"),
        "stageVariables": v2.get("stageVariables"),
        "body": v2.get("body"),
        "isBase64Encoded": v2.get("isBase64Encoded", False),
        "requestContext": {
            **context,
            "resourcePath": resource,
            "httpMethod": context["http"]["method"],
            "identity": {"sourceIp": context["http"].get("sourceIp")},
            "authorizer": _authorizer(context.get("authorizer") or {}),
        },
    }


def _query(raw: str) -> dict[str, list[str]]:
    values: dict[str, list[str]] = {}
    try:
        pairs = parse_qsl(raw, keep_blank_values=True, errors="strict", max_num_fields=100)
    except ValueError:
        raise InvalidRequest("malformed_query") from None
    for key, value in pairs:
        values.setdefault(key, []).append(value)
    return values


def _authorizer(found: Mapping[str, Any]) -> dict[str, Any]:
    flat = dict(found.get("lambda") or {})
    if "jwt" in found:
        flat |= {"claims": found["jwt"]["claims"], "scopes": found["jwt"].get("scopes")}
    if "iam" in found:
        flat["iam"] = found["iam"]
    return flat


def to_v2(answer: dict[str, Any]) -> dict[str, Any]:
    """Chalice's answer in the 2.0 form: joined headers, cookies apart."""
    headers, cookies = dict(answer.get("headers") or {}), []
    for name, values in (answer.pop("multiValueHeaders", None) or {}).items():
        if name.lower() == "set-cookie":
            cookies += values
        else:
            headers[name] = ",".join(values)
    answer["headers"] = headers
    if cookies:
        answer["cookies"] = cookies
    return answer


def raw_body(v2: Event) -> bytes:
    """The body's bytes as the gateway gave them."""
    body = v2.get("body") or ""
    return base64.b64decode(body) if v2.get("isBase64Encoded") else body.encode()
