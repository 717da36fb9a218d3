"""Another aggregator is one adapter; use cases, map, task and edge stay as they are (CM-17)."""

import hmac
import json
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from typing import Any
from urllib.parse import urlencode

import pytest

from contractor_merch_integration_api import schema
from contractor_merch_integration_api.aggregators.mobi import Mobi
from contractor_merch_integration_api.edge import desk_app
from shared.http_event import event
from tests.contractor_merch_integration_api.kiosk import Kiosk
from tests.support.aws_world import Context
from tests.support.checkout import SERVICE, Checkout
from tests.support.intrinsics import Json


class Street:
    """A kiosk of a client of that aggregator, before functions that serve it and Mobi."""

    def __init__(self, here: Checkout) -> None:
        self.here = here
        wish = {"action": "create", "aggregator": "kiosk", "title": "Kiosk", "dry_run": False}
        self.client: Json = here.town.run(SERVICE, "ops.clients", wish)

    def ask(self, operation: str, secret: str = "", **said: Any) -> Json:
        here, body = self.here, urlencode(said)
        key = (secret or self.client["secret"]).encode()
        mark = hmac.digest(key, body.encode(), sha256).hex()
        headers = {"x-kiosk": f"{self.client['client_id']}:{mark}"}
        asked = event("POST", f"/kiosk/v1/{operation}", body=body, headers=headers)
        here.town.world.use(SERVICE)
        answer = desk_app(operation, (Mobi(), Kiosk()))(asked, Context())
        assert answer["statusCode"] == 200, answer
        found: Json = json.loads(answer["body"])
        return found


@contextmanager
def known(patch: pytest.MonkeyPatch) -> Iterator[None]:
    with patch.context() as inner:
        inner.setattr(schema, "ALL", (Mobi(), Kiosk()))
        yield


@pytest.fixture
def street(here: Checkout, monkeypatch: pytest.MonkeyPatch) -> Iterator[Street]:
    here.town.module(SERVICE, "ops.clients")
    with known(monkeypatch):
        yield Street(here)


BOUGHT: Json = {"n": "a-1", "code": "YM1.ok", "sum": "5.00", "shop": "s-1"}


def test_a_purchase_runs_its_whole_course_in_another_protocol(street: Street) -> None:
    assert street.ask("authorize", **BOUGHT) == {"word": "done", "paid": True}
    assert street.ask("refund", n="a-1", part="p-1", sum="2.00")["word"] == "done"
    assert street.ask("status", n="a-1") == {"word": "done", "paid": False}
    assert street.ask("reverse", n="a-1")["word"] == "no"

    (row,) = street.here.rows("purchases")
    assert (row["aggregator"], row["trn"], row["currency"]) == ("kiosk", "a-1", "KZT")


def test_the_same_number_of_two_aggregators_is_two_purchases(street: Street) -> None:
    assert street.here.desk.authorize(7, "YM1.ok", "5.00").paid
    assert street.ask("authorize", **(BOUGHT | {"n": "7"}))["paid"]

    assert {row["trn"] for row in street.here.rows("trns")} == {"mobi#7", "kiosk#7"}


def test_a_client_of_one_aggregator_is_a_stranger_to_the_other(street: Street) -> None:
    street.client = dict(street.here.desk.facts)

    assert street.ask("authorize", **BOUGHT)["word"] == "stranger"


def test_its_stranger_is_refused_in_its_own_words(street: Street) -> None:
    assert street.ask("status", secret="x" * 43, n="a-1") == {"word": "stranger", "paid": False}
