"""The demo's look at a park's transactions: the list, and a file whose totals are billing's own."""

import csv
from collections import Counter
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Final

import requests

from local.actors import Json
from local.narration import same, say, wait_for
from local.park import Dispatcher
from local.scenes import Place

_TRANSACTIONS: Final = "/fleet-payment-systems/v1/transactions"
_OF_PAYMENTS: Final = frozenset({"topup", "reversal"})


def books_are_shown(place: Place, payments: int) -> None:
    """`payments` are those of the park's drivers so far, each credited."""
    office = Dispatcher(place.stack.api("fleet_payment_systems"), place.stack.operator)
    now = datetime.now(UTC)
    asked = {
        "from": (now - timedelta(days=1)).isoformat(),
        "to": (now + timedelta(days=1)).isoformat(),
    }

    def listed() -> dict[str, int]:
        page = office.post(f"{_TRANSACTIONS}/list", {**asked, "limit": 200})["transactions"]
        return dict(Counter(one["state"] for one in page if one["direction"] == "callback"))

    wait_for("the park's list", listed, {"processed": payments})
    order = office.post(f"{_TRANSACTIONS}/export", {**asked, "format": "csv"})
    path = f"{_TRANSACTIONS}/export/{order['export_id']}"
    wait_for("export", lambda: office.get(path)["state"], "done")
    totals = _totals(office.get(path))
    say(f"the file's totals: {', '.join(f'{sum_} {unit}' for unit, sum_ in totals.items())}")
    same("billing has the same", totals == _credited(place), True)


def _totals(export: Json) -> dict[str, Decimal]:
    """What the downloaded file says was processed, by currency."""
    text = requests.get(export["url"], timeout=30).content.decode("utf-8-sig")
    lines = csv.DictReader(text.splitlines())
    return {
        line["currency"]: Decimal(line["amount"])
        for line in lines
        if (line["tx_id"], line["state"]) == ("total", "processed")
    }


def _credited(place: Place) -> dict[str, Decimal]:
    park, found = place.facts["park"], dict[str, Decimal]()
    for account in park["accounts"]:
        query = f"park_id={park['park_id']}&driver_id=d-{account}"
        for entry in place.sandbox("billing", f"/v1/ledger?{query}").json()["entries"]:
            if entry["category"] in _OF_PAYMENTS:
                unit = entry["currency"]
                found[unit] = found.get(unit, Decimal(0)) + Decimal(entry["amount"])
    return found
