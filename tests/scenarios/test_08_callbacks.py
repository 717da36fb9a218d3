"""Scenario 8 of SPEC C.1: callbacks come twice, late, behind newer ones, or never."""

import json

from local import scenes
from local.narration import wait_for
from local.scenes import TOTAL, Place

QUEUE = "dev-qr_orders_transactions_callback"
COUNTS = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]


def test_orders_are_paid_once_however_their_callbacks_come(place: Place) -> None:
    """Two of each, none at all, and an old one, with lies in it, behind the newest."""
    twice, never, usual = cleared(place, "card-callback-dup", "card-callback-lost", "card-ok")
    before = place.inside(usual)

    tell_old_news(place, usual)

    assert place.inside(usual)["status"] == before["status"]
    for order_id in (twice, never, usual):
        ledger, inside = place.ledger(order_id), place.inside(order_id)
        assert [entry["kind"] for entry in ledger["entries"]] == ["hold", "clear"]
        assert (ledger["cleared"], inside["cleared"], inside["attempt"]) == (TOTAL, TOTAL, 1)


def cleared(place: Place, *cards: str) -> list[str]:
    """An order a card, paid and cleared side by side."""
    orders = [place.open(f"S-08-{card}") for card in cards]
    ids = [str(seen["order"]["id"]) for seen in orders]
    for seen, card, order_id in zip(orders, cards, ids, strict=True):
        method = scenes.methods(seen)["card-ok"] | {"id": card}
        place.guest.pay(seen["order"], method, key=f"pay-{order_id}")
    for order_id in ids:
        place.wait_for_till(order_id, "PAID")
        place.till.close(order_id)
    for order_id in ids:
        place.wait_for_payment(order_id, "cleared")
    return ids


def tell_old_news(place: Place, order_id: str) -> None:
    """A callback of the hold comes when all is over, and is taken off the queue."""
    sqs = place.stack.client("sqs")
    url = sqs.get_queue_url(QueueName=QUEUE)["QueueUrl"]
    lie = {"status": "held", "held": "1.00", "version": 1}
    fact = {"event_id": f"old-{order_id}", "invoice_id": f"{order_id}-1", **lie}
    sqs.send_message(QueueUrl=url, MessageBody=json.dumps(fact))

    def left() -> list[str]:
        found = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=COUNTS)["Attributes"]
        return [found[name] for name in COUNTS]

    wait_for("messages left", left, ["0", "0"])
