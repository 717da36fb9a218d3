"""A town in which things have happened, and requests to it as the documents describe them."""

import hmac
import json
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from copy import deepcopy
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, Final
from unittest.mock import patch
from urllib.parse import quote, urlencode

import requests
from schemathesis.core.transport import Response

from local.openapi.__main__ import FOLDER
from local.scooters import booking
from shared import keys, secrets_store
from shared.http_event import event
from shared.receipt_links import Document
from tests.architecture import templates
from tests.support.intrinsics import ROOT, Json
from tests.support.orders import refund
from tests.support.street import Street, bill
from tests.support.town import PARAMETERS, SERVICES, Town, town

SERVED: Final = sorted(file.stem for file in FOLDER.glob("*.json"))
Known = dict[str, list[Any]]
_PARAMETERS: Final = {
    "EdaReceiptDelaySec": "1",
    "ReceiptPollPeriodSec": "2",
    "DispatcherRoles": "dispatcher",
    "MobiSyncWaitSec": "0",
    "DepositRolloutPercent": "100",
    "DepositUpdateEnabled": "true",
}
SESSIONS: Final = ("ride-1", "ride-2", "ride-3")
_DESKS: Final = "contractor_merch_integration_api"


def kept(service: str) -> Json:
    """The service's document as it is in docs/."""
    found: Json = json.loads((FOLDER / f"{service}.json").read_text(encoding="utf-8"))
    return found


@dataclass(slots=True)
class District:
    """`known` are values that exist, by the name of the field that takes them."""

    town: Town
    street: Street
    known: Known = field(default_factory=dict)

    def send(self, service: str, function: str, route: str, parts: Json) -> Response:
        """One request through the function; `parts` are path, query, headers and body."""
        request = self._event(service, function, route, parts)
        answer = self.town.run(service, function, request)
        url = f"http://test{request['rawPath']}"
        return Response(
            status_code=int(answer["statusCode"]),
            headers={name: [value] for name, value in answer["headers"].items()},
            content=(answer["body"] or "").encode(),
            request=requests.Request(route.partition(" ")[0], url).prepare(),
            elapsed=0,
            verify=False,
        )

    def function(self, service: str, route: str) -> str:
        """The file that serves a route of the service's template."""
        found = templates.service(service)
        (name,) = (each.function for each in found.routes if each.key == route)
        return found.functions[name].stem

    def _event(self, service: str, function: str, route: str, parts: Json) -> Json:
        """The function's own sample, with another content."""
        found = sample(service, function)
        method, _, path = route.partition(" ")
        for name, value in parts["path"].items():
            path = path.replace(f"{{{name}}}", quote(str(value), safe=""))
        headers = {name.lower(): str(value) for name, value in parts["headers"].items()}
        if "lambda" in found["requestContext"].get("authorizer", {}):
            found["requestContext"]["authorizer"] = {"lambda": self.verdict}
            headers["x-api-key"] = self.street.partner["api_key"]
        if service == _DESKS and parts["body"] is not None:
            headers |= self._signed(function, parts["body"])
        found["requestContext"]["http"] |= {"method": method, "path": path}
        found["requestContext"]["routeKey"] = route
        query = {name: value for name, value in parts["query"].items() if value is not None}
        return found | {
            "routeKey": route,
            "rawPath": path,
            "rawQueryString": urlencode(query),
            "headers": headers,
            "pathParameters": {name: str(value) for name, value in parts["path"].items()},
            "body": parts["body"],
        }

    def _signed(self, operation: str, body: str) -> Mapping[str, str]:
        """As the client of the cash desks signs it; what was generated is refused at the door."""
        (client,) = self.known["client"]
        timestamp = str(self.town.aws.clock.milliseconds() // 1000)
        message = f"{timestamp}\n{operation}\n{body}".encode()
        signature = hmac.digest(client["secret"].encode(), message, sha256).hex()
        mine = {"x-client": client["client_id"], "x-timestamp": timestamp}
        return mine | {"x-signature": signature}

    @property
    def verdict(self) -> Mapping[str, Any]:
        """What the authorizer of the tills' gateway has said."""
        found: Mapping[str, Any] = self.known["verdict"][0]
        return found


def sample(service: str, function: str) -> Json:
    found: Json = json.loads((ROOT / f"events/{service}/{function}.json").read_text("utf-8"))
    return deepcopy(found)


@contextmanager
def district() -> Iterator[District]:
    """One restaurant; one of its orders is paid, in part refunded, the second held, the third
    waits for its guest. Three scooters: a deposit is held, declined, and not yet asked for.
    """
    with _everybody(), town(**_PARAMETERS) as place:
        street = Street(place)
        street.partner = street.open_restaurant()
        paid, held, fresh = (
            street.open_order(order_id=f"order-{number}")[1] for number in (1, 2, 3)
        )
        for order in (paid, held):
            assert street.pay(order)[0] == 200
        place.settle(rounds=2)
        assert street.set_status(paid["id"], "CLOSED")[0] == 200
        place.settle(rounds=6)
        assert refund(place, paid["id"], "rf-1", 1, items=[{"id": "1", "quantity": "1"}])[0] == 202
        place.settle(rounds=6)
        _take_deposits(place)
        found = District(place, street)
        found.known = _known(place, street, [paid, held, fresh])
        yield found


def _take_deposits(place: Town) -> None:
    service = "scooters_payments"
    for session, card in zip(SESSIONS, ("card-ok", "card-fraud", "card-ok"), strict=True):
        body = booking(session, card) | {"user_id": "guest-1"}
        route = "/scooters-payments/v1/payment/start"
        assert place.call(service, "payment_start", event("POST", route, body=body))[0] == 200
    for _ in range(2):
        for session in SESSIONS[:2]:
            wake = json.dumps({"task_id": f"{service}_hold#{session}"})
            place.run(service, "tasks.hold", {"Records": [{"messageId": "m", "body": wake}]})
        place.aws.clock.advance(6)


def _everybody() -> AbstractContextManager[object]:
    """A service with a document that towns do not have yet is in this one, with nothing in it."""
    every = (*SERVICES, *(name for name in SERVED if name not in SERVICES))
    return patch("tests.support.town.SERVICES", every)


def _known(place: Town, street: Street, orders: list[Json]) -> Known:
    ids = [order["id"] for order in orders]
    partner = street.partner
    (key,) = place.rows("qr_partners-keys")
    headers = {"headers": {"x-api-key": partner["api_key"]}}
    verdict = place.run("qr_partners", "authorize", sample("qr_partners", "authorize") | headers)
    invoices = sorted({row["invoice_id"] for row in place.rows("sandbox-invoices")})
    peppers = secrets_store.peppers(PARAMETERS["ReceiptLinkPepperArn"])
    return {
        "verdict": [verdict["context"]],
        "order_id": ids,
        "id": ids,
        "ids": [ids],
        "order_ids": [ids],
        "order": [*ids, *(order["qr"]["short_code"] for order in orders), *_urls(orders)],
        "short_code": [order["qr"]["short_code"] for order in orders],
        "external_order_id": ["order-1", "order-2"],
        "partner_id": [partner["partner_id"]],
        "partner_ids": [[partner["partner_id"]]],
        "restaurant_id": [partner["restaurant_id"]],
        "group_id": [key["group_id"]],
        "key_id": [key["key_id"]],
        "api_key": [partner["api_key"]],
        "invoice_id": invoices,
        "user_id": ["guest-1"],
        "token": [keys.seal(str(Document(ids[0], f"{ids[0]}-1", 1)), peppers)],
        "version": [1, 2],
        "rev": [1],
        "expected_total": ["1540.00"],
        "total": ["1540.00"],
        "payment_method": [{"type": "card", "id": "card-ok"}],
        "items": [bill()["items"], [{"id": "1", "quantity": "1"}]],
        "session_id": list(SESSIONS),
        "full": [True],
        "X-Park-Id": ["park-1"],
        "X-User-Id": ["dispatcher-1"],
        **_known_of_desks(place),
    }


def _known_of_desks(place: Town) -> Known:
    wish = {"action": "create", "aggregator": "mobi", "title": "Mobi", "dry_run": False}
    return {
        "client": [place.run(_DESKS, "ops.clients", wish)],
        "mobi_transaction_id": [900001, 900002, 900003, 900004],
        "refund_trn": ["R1", "R2"],
        "qr": ["YM1.ok", "YM1.accept", "YM1.decline"],
    }


def _urls(orders: list[Json]) -> list[str]:
    return [order["qr"]["url"] for order in orders]
