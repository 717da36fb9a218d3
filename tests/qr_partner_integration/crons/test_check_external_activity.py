"""Cron check_external_activity: silent tills lose their unpaid orders, no others (QI-04)."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest

from shared import metrics, trace
from shared.errors import AppError, Conflict, NotFound, Unavailable
from tests.qr_partner_integration.fakes import Behind
from tests.support.aws_world import World
from tests.support.intrinsics import ROOT, Json

FIND, EXPIRE = "qr_orders.get_inactive", "qr_orders.update_partner_status"
EVENT = ROOT / "events/qr_partner_integration/check_external_activity.json"
SEEN = "2026-01-02T09:00:00.000Z"


def silent(*order_ids: str) -> list[Json]:
    return [{"order_id": each, "partner_id": "p_r1", "last_polled_at": SEEN} for each in order_ids]


@dataclass(slots=True)
class Check:
    """The cron, and qr_orders behind it: pages by cursor, and whom it does not let expire."""

    start: Callable[[], object]
    services: Behind
    pages: dict[str | None, Json] = field(default_factory=dict)
    refusals: dict[str, AppError] = field(default_factory=dict)
    counted: list[str] = field(default_factory=list)

    def answer(self, name: str, body: Json) -> Json | AppError:
        if name == FIND:
            return self.pages[body.get("cursor")]
        order_id = body["order_id"]
        status = {"payment": "expired", "partner": "expired"}
        return self.refusals.get(order_id) or {"order_id": order_id, "status": status}

    def run(self, *order_ids: str) -> list[str]:
        """One run, over one page if there are none; ids of the orders that were to be expired."""
        if not self.pages:
            self.pages[None] = {"orders": silent(*order_ids)}
        self.start()
        return [body["order_id"] for body in self.services.asked(EXPIRE)]


@pytest.fixture
def check(world: World, services: Behind, monkeypatch: pytest.MonkeyPatch) -> Check:
    cron = world.load("qr_partner_integration", "crons.check_external_activity")
    found = Check(lambda: world.run(cron, json.loads(EVENT.read_text())), services)

    def answer(_self: Behind, name: str, body: Json) -> Json:
        said = found.answer(name, body)
        if isinstance(said, AppError):
            raise said
        return said

    monkeypatch.setattr(Behind, "_answer", answer)
    monkeypatch.setattr(metrics, "count", lambda name, **_: found.counted.append(name))
    return found


def test_each_silent_order_is_expired_as_it_was_seen(check: Check) -> None:
    assert check.run("01A", "01B") == ["01A", "01B"]

    assert check.services.asked(EXPIRE)[0] == {
        "order_id": "01A",
        "partner_ids": ["p_r1"],
        "status": "expired",
        "source": "activity_check",
        "last_polled_at": SEEN,
    }
    assert check.counted == ["ActivityExpired"] * 2


def test_every_page_is_asked_for_up_to_one_moment(check: Check) -> None:
    check.pages = {
        None: {"orders": silent("01A"), "cursor": "next"},
        "next": {"orders": [], "cursor": "last"},
        "last": {"orders": silent("01B")},
    }

    assert check.run() == ["01A", "01B"]

    asked = check.services.asked(FIND)
    assert [body.get("cursor") for body in asked] == [None, "next", "last"]
    assert len({body["polled_before"] for body in asked}) == 1


@pytest.mark.parametrize(
    "refusal",
    [
        Conflict("order_active"),
        Conflict("payment_in_progress"),
        NotFound("order_not_found"),
        Unavailable("service_unavailable"),
    ],
    ids=lambda refusal: str(refusal.code),
)
def test_order_that_cannot_be_expired_stops_no_other(check: Check, refusal: AppError) -> None:
    check.refusals = {"01B": refusal}

    assert check.run("01A", "01B", "01C") == ["01A", "01B", "01C"]

    assert check.counted == ["ActivityExpired"] * 2


def test_run_ends_before_its_time_does(check: Check, monkeypatch: pytest.MonkeyPatch) -> None:
    left_s = iter([50.0, 40.0, 30.0])
    monkeypatch.setattr(trace, "remaining_s", lambda: next(left_s, 15.0))

    assert check.run("01A", "01B", "01C") == ["01A", "01B"]


def test_orders_that_cannot_be_listed_are_seen_by_lambda(check: Check) -> None:
    check.services.answers[FIND] = Unavailable("service_unavailable")

    with pytest.raises(Unavailable):
        check.run()

    assert check.services.asked(EXPIRE) == []
