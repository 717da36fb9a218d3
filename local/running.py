"""The stack with demo data in it, and build/local.json, which describes it to whoever drives it."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from local.mobi_seed import open_cash_desk
from local.park import open_park
from local.scooters import scooters_of
from local.seed import seed
from local.stack import ROOT, Stack, describe

DESCRIPTION = ROOT / "build" / "local.json"
GUEST = "demo-guest"
UPSTREAMS = (
    *("transactions", "eda", "payment_methods", "cashback", "notify", "chat"),
    *("billing", "fleet_transactions", "merch_payments", "sessions", "qiwi", "paystack"),
)
# Seconds in the place of minutes: a person watches. A hold takes three, so that even the cold
# functions of a busy machine show the payment under way.
QUICK = {
    "SandboxDelaySec": "3",
    "EdaReceiptDelaySec": "2",
    "ReceiptPollPeriodSec": "1",
    "PaymentPollPeriodSec": "1",
    "MobiSyncWaitSec": "1",
    "DepositRolloutPercent": "100",
    "DepositBlockMaxSec": "8",
    # Of events/, for `make invoke`, and of who is in build/local.json.
    "DispatcherRoles": "dispatcher,arn:aws:iam::*:user/operator",
    "ProRoles": "pro,arn:aws:iam::*:user/operator",
    "BillPollPeriodSec": "1",
}


@contextmanager
def running() -> Iterator[tuple[Stack, dict[str, Any]]]:
    """A seeded stack and its description."""
    with Stack.start(QUICK) as stack:
        yield stack, facts_of(stack)


def facts_of(stack: Stack) -> dict[str, Any]:
    """Seeds the stack and describes it."""
    partner, hasty = seed(stack)
    return {
        **describe(stack),
        "partner": partner,
        "hasty_partner": hasty,
        "park": open_park(stack),
        "mobi": open_cash_desk(stack),
        "scooters": scooters_of(stack),
        "client": {"user_id": GUEST, "jwt": stack.jwt(GUEST)},
        "sandbox": {name: f"{stack.api('sandbox')}/{name}" for name in UPSTREAMS},
    }


@contextmanager
def described(place: Path) -> Iterator[dict[str, Any]]:
    """As running, with the description at `place` as long as it is true."""
    place.unlink(missing_ok=True)  # of a driver that was killed
    with running() as (_stack, facts):
        draft = place.with_suffix(".draft")
        draft.write_text(json.dumps(facts, indent=2), encoding="utf-8")
        draft.replace(place)  # a reader sees all of it or none
        try:
            yield facts
        finally:
            place.unlink(missing_ok=True)
