"""The demo's refunds: an operator gives back a dish, then a part of a price; each has a receipt."""

import json

from local.actors import Json
from local.narration import same, say, step, wait_for
from local.receipt_reader import read_receipt
from local.scenes import Place, download
from local.stack import ROOT
from shared.http_event import event

_WISHES: tuple[tuple[str, Json, str, str], ...] = (
    ("one of two soups", {"id": "1", "quantity": "1"}, "390.00", "Борщ с говядиной"),
    ("a part of the salmon", {"id": "3", "amount": "100.00"}, "100.00", "Лосось на гриле"),
)
_SHOWN = ("partially_refunded", "490.00")


def money_is_refunded(place: Place, order_id: str) -> None:
    """Two partial refunds of a cleared order."""
    step("An operator refunds one soup and a part of the salmon")
    for number, (what, item, amount, _name) in enumerate(_WISHES, start=1):
        version = place.inside(order_id)["invoice_version"]
        answer = _refund(place, order_id, f"rf-{number}", version, item)
        same(what, (answer["status"], answer["amount"]), ("refunding", amount))
        place.wait_for_payment(order_id, "partially_refunded")
    ledger = place.ledger(order_id)
    same("refunded, by the engine", ledger["refunded"], "490.00")
    same("refunded, by the order", place.inside(order_id)["refunded"], "490.00")
    same("the till polls", place.till.status(order_id), "PARTIALLY_REFUNDED")
    wait_for("receipts in the history", lambda: len(place.receipts(order_id)), 3)
    shown = place.guest.history(order_id)
    same("the guest's history", (shown["status"], shown["refunded"]), _SHOWN)
    for receipt, (_what, _item, amount, name) in zip(shown["receipts"][1:], _WISHES, strict=True):
        _show(receipt, amount, name)
    told = place.intents(place.facts["client"]["user_id"], order_id)
    same("the guest was told", told[-2:], ["order_refunded"] * 2)


def _refund(place: Place, order_id: str, refund_id: str, version: int, item: Json) -> Json:
    body = {"order_id": order_id, "refund_id": refund_id, "version": version, "items": [item]}
    body |= {"operator": "demo-operator", "reason": "the guest complained"}
    asked = event("POST", "/qr-orders/v1/admin/refund", body=body)
    answer = place.stack.client("lambda").invoke(
        FunctionName="dev-qr_orders-admin_refund", Payload=json.dumps(asked).encode()
    )
    found: Json = json.loads(answer["Payload"].read())
    same(f"refund {refund_id} is answered", found["statusCode"], 202)
    return dict(json.loads(found["body"]))


def _show(receipt: Json, amount: str, name: str) -> None:
    """The paper says how much goes back, for what, and that it is a refund."""
    same(f"{receipt['title']}, sum", receipt["sum"], amount)
    pdf = download(receipt["url"])
    file = ROOT / "build" / "demo" / f"refund-{amount}.pdf"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(pdf)
    say(f"{len(pdf)} bytes of PDF, look at {file.relative_to(ROOT)}")
    read = read_receipt(pdf)
    same("kind and sum in the QR", (f"&s={amount}&" in read.qr, read.qr[-4:]), (True, "&n=2"))
    same("the dish on paper", name in " ".join(read.text.split()), True)
