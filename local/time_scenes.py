"""Scenes of `make demo` in which time decides: an order that expires, a till that falls silent."""

import time
from dataclasses import replace

from local.actors import Till
from local.bill import BILL
from local.narration import same, say, step, wait_for
from local.scenes import Place, methods
from local.seed import HASTY_S

_CRON = "dev-qr_partner_integration-check_external_activity"
_TTL_S = 5


def time_runs_out(place: Place) -> None:
    """Both waits run at the same time."""
    hasty = _hasty(place)
    step("At a hasty restaurant one bill stays unpaid, of another the guest is still at his bank")
    silent = hasty.open("A-1031")["order"]
    seen = hasty.open("A-1032")
    order, card = seen["order"], methods(seen)["card-3ds"]
    same(
        "the app shows", hasty.guest.pay(order, card, f"3ds-{order['id']}")["status"], "processing"
    )
    opened_at = time.monotonic()
    _order_expires(place)
    _till_falls_silent(hasty, str(silent["id"]), str(order["id"]), opened_at)


def _hasty(place: Place) -> Place:
    """The other restaurant, whose till must not be silent for ten seconds."""
    api_key = place.facts["hasty_partner"]["api_key"]
    return replace(place, till=Till(place.till.base_url, api_key))


def _order_expires(place: Place) -> None:
    step(f"An order that lives {_TTL_S} seconds expires")
    bill = BILL | {"restaurant_id": "r1", "order_id": "A-1030", "expires_in_sec": _TTL_S}
    order_id = str(place.till.open(bill)["id"])
    same("the till polls", place.till.status(order_id), "NEW")
    wait_for("by its timer", lambda: place.inside(order_id)["status"]["partner"], "expired")
    same("the till polls", place.till.status(order_id), "EXPIRED")


def _till_falls_silent(hasty: Place, unpaid: str, in_payment: str, opened_at: float) -> None:
    step(f"The hasty restaurant's till has not asked for {HASTY_S} seconds")
    time.sleep(max(0.0, opened_at + HASTY_S + 0.5 - time.monotonic()))
    say("the check of every minute is run by hand")
    hasty.stack.client("lambda").invoke(FunctionName=_CRON, Payload=b"{}")
    wait_for("the unpaid order", lambda: hasty.inside(unpaid)["status"]["partner"], "expired")
    same("the till polls", hasty.till.status(unpaid), "EXPIRED")
    same("the order in payment", hasty.inside(in_payment)["status"]["partner"], "open")
    same("the till polls", hasty.till.status(in_payment), "PAYMENT_IN_PROGRESS")
