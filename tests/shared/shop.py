"""A small HTTP function behind real 2.0 events: what the tests of the edge talk to."""

import json
from typing import Any, Final

from pydantic import BaseModel, ConfigDict

from shared.http import Request, endpoint, http_app
from shared.http_event import Event

PATH: Final = "/shop/v1/carts/{cart_id}"
ALIAS: Final = "/shops/v1/carts/{cart_id}"
REQUEST_ID: Final = "client-request-0001"


class Wire(BaseModel):
    model_config = ConfigDict(strict=True, extra="ignore", frozen=True)


class Cart(Wire):
    name: str
    count: int = 1


class Page(Wire):
    limit: str
    cursor: str = ""


def gateway_event(method: str = "POST", route: str = PATH, **changes: Any) -> Event:
    """An event as an HTTP API sends it, with everything that the code does not look at."""
    path = route.replace("{cart_id}", "c-1")
    context = {
        "accountId": "123456789012",
        "apiId": "a1b2c3",
        "domainName": "a1b2c3.execute-api.eu-central-1.amazonaws.com",
        "domainPrefix": "a1b2c3",
        "http": {
            "method": method,
            "path": path,
            "protocol": "HTTP/1.1",
            "sourceIp": "203.0.113.7",
            "userAgent": "till/1.0",
        },
        "requestId": "JKJaXmPLvHcESHA=",
        "routeKey": f"{method} {route}",
        "stage": "$default",
        "time": "02/Jan/2026:10:00:00 +0000",
        "timeEpoch": 1767348000000,
    }
    return {
        "version": "2.0",
        "routeKey": f"{method} {route}",
        "rawPath": path,
        "rawQueryString": "",
        "headers": {"content-type": "application/json", "x-request-id": REQUEST_ID},
        "requestContext": context,
        "pathParameters": {"cart_id": "c-1"} if "{cart_id}" in route else None,
        "body": '{"name": "обед"}',
        "isBase64Encoded": False,
        **changes,
    }


class Shop:
    """One endpoint whose handler does what the test wants, and keeps what it was given."""

    def __init__(self, method: str = "POST", **options: Any) -> None:
        self.app = http_app("shop-carts")
        self.seen: list[Request[Any]] = []
        self.answer: Any = {"ok": True}
        endpoint(self.app, method, PATH, ALIAS, **options)(self.handle)

    def handle(self, request: Request[Any]) -> object:
        self.seen.append(request)
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer

    def ask(self, event: Event) -> tuple[int, dict[str, Any], dict[str, Any]]:
        """Status, JSON body and the whole answer, which must be a 2.0 one that Lambda can send."""
        answer = self.app(event, None)
        json.dumps(answer).encode()
        assert "multiValueHeaders" not in answer
        return answer["statusCode"], json.loads(answer["body"] or "{}"), answer


def refused(shop: Shop, event: Event) -> tuple[int, str]:
    """Status and code of an error, which must have the one shape and reach no handler."""
    status, body, answer = shop.ask(event)
    assert set(body) == {"code", "message", "details", "request_id"}
    assert body["request_id"] == answer["headers"]["X-Request-Id"]
    assert answer["headers"]["Content-Type"] == "application/json"
    assert answer["headers"]["Cache-Control"] == "no-store"
    assert shop.seen == []
    return status, body["code"]
