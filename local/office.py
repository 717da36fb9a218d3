"""The back office: an operator who looks for an order of the demo and opens it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlencode

import requests

from local.actors import Json, Unexpected
from local.callers import Caller
from local.narration import same, say, step
from local.scenes import Place
from local.signed import signed
from shared.clock import to_iso

_OPERATOR = "anna"
_TIMEOUT_S = 30


@dataclass(frozen=True, slots=True)
class Office:
    """The admin routes of qr_orders, each call signed by its caller."""

    base_url: str
    caller: Caller

    def find(self, **criteria: object) -> list[Json]:
        """Every order that fits, page by page."""
        found: list[Json] = []
        asked = {"operator": _OPERATOR, **criteria}
        while True:
            page = self._call("POST", "/qr-orders/v1/admin/find", asked)
            found += page["orders"]
            if "cursor" not in page:
                return found
            asked["cursor"] = page["cursor"]

    def order(self, order_id: str, live: bool = False) -> Json:
        query = {"order_id": order_id, "operator": _OPERATOR, "live": str(live).lower()}
        return self._call("GET", f"/qr-orders/v1/admin/get?{urlencode(query)}")

    def order_of_invoice(self, invoice_id: str) -> Json:
        query = {"invoice_id": invoice_id, "operator": _OPERATOR}
        return self._call("GET", f"/qr-orders/v1/admin/get-by-invoice?{urlencode(query)}")

    def _call(self, method: str, path: str, body: Json | None = None) -> Json:
        answer = signed(self.caller, method, self.base_url + path, body)
        if answer.status_code != 200:
            raise Unexpected(f"{method} {path}", answer)
        found: Json = answer.json()
        return found


def order_is_looked_up(place: Place, order_id: str) -> None:
    """Found by what is known of it, opened, read: its events, its money, its receipt's link."""
    step("An operator looks for the first order by restaurant and day, and opens it")
    office = Office(place.facts["apis"]["qr_orders"], place.stack.operator)
    _find(office, place.inside(order_id))
    opened = office.order(order_id, live=True)
    for event in opened["events"]:
        say(f"{event['at']} {event['name']} by {event['actor']}: {event['status']['payment']}")
    (attempt,) = opened["attempts"]
    told = [each["type"] for each in attempt["transactions"]]
    same("money, by the journal", told, ["hold", "clear"])
    same("the invoice, by the engine", attempt["live"]["status"], "cleared")
    same("may be done", opened["actions"]["allowed"], ["refund"])
    (receipt,) = opened["receipts"]
    hop = requests.get(receipt["url"], allow_redirects=False, timeout=_TIMEOUT_S)
    same(f"{receipt['title']}, its link answers", hop.status_code, 302)
    by_invoice = office.order_of_invoice(attempt["invoice_id"])
    same("its invoice leads to it", by_invoice["order"]["order_id"], order_id)


def _find(office: Office, order: Json) -> None:
    """In every way that an index or a claim serves."""
    created_at = datetime.fromisoformat(order["created_at"])
    day = created_at.replace(hour=0, minute=0, second=0, microsecond=0)
    dates = {"created_from": to_iso(day), "created_to": to_iso(day + timedelta(days=1))}
    found = office.find(
        partner_id=order["partner_id"], payment_status=["cleared"], limit=1, **dates
    )
    for each in found:
        say(f"{each['created_at']} {each['external_order_id']} {each['total']}")
    for names in (
        ("partner_id",),
        ("group_id",),
        ("user_id",),
        ("partner_id", "external_order_id"),
        (),
    ):
        met = office.find(**{name: order[name] for name in names}, **dates)
        how = " and ".join(names) or "its day alone"
        same(f"found by {how}", order["order_id"] in [each["order_id"] for each in met], True)
