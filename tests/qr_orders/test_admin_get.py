"""GET /qr-orders/v1/admin/get: an order with all that is kept of it (QO-08, RC-06, RC-19)."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from qr_orders import wiring
from qr_orders.model import Partner, Payment, Receipt, document_id
from qr_orders.store import OrderStore
from shared import aws
from shared.keys import Peppers
from shared.money import Money
from shared.receipt_links import Document, document_of
from shared.store import Transaction, commit
from tests.qr_orders.outside import INVOICES
from tests.qr_orders.samples import NOW, TOTAL
from tests.qr_orders.support import Shop
from tests.support import calls
from tests.support.intrinsics import Json

PEPPER = '{"current":"p1","p1":"pepper"}'
WISHES = {"confirm": "confirmed", "close": "closed", "cancel": "cancelled", "expire": "expired"}


@pytest.fixture(autouse=True)
def secret(modules_shop: Shop) -> None:
    """The pepper of client_api, under the name that this world's template parameter has."""
    with calls.outside():
        client = aws.client("secretsmanager")
        name = wiring.settings().receipt_link_pepper_secret
        if not client.list_secrets()["SecretList"]:
            client.create_secret(Name=name, SecretString=PEPPER)


def ask(here: Shop, **query: str) -> tuple[int, Json]:
    return here.get("admin_get", **({"operator": "anna"} | query))


def seen(here: Shop, order_id: str, **query: str) -> Json:
    status, body = ask(here, order_id=order_id, **query)
    assert status == 200, body
    return body


def add_receipt(here: Shop, order_id: str, version: int, **changes: Any) -> None:
    fields: dict[str, Any] = {"kind": "payment", "state": "stored", "key": f"receipts/{version}"}
    transaction = Transaction()
    receipt = Receipt(
        order_id=order_id,
        document_id=document_id(f"{order_id}-1", version),
        total=Money(TOTAL, "RUB"),
        requested_at=here.clock.now(),
        **(fields | changes),
    )
    with calls.outside():
        OrderStore().add_receipt(transaction, receipt)
        commit(transaction)


def give_back(here: Shop, order_id: str, version: int, **changes: Any) -> None:
    """A version of the cleared invoice without its first item, as a refund writes it."""
    store, transaction = OrderStore(), Transaction()
    with calls.outside():
        first = store.change(order_id, f"{order_id}-1", 1)
        items = first.items[version - 1 :]
        change = replace(
            first,
            version=version,
            author="boris",
            reason="cold soup",
            at=NOW + timedelta(hours=version),
            items=items,
            refund_id=f"r-{version}",
            returned=first.items[version - 2 : version - 1],
            total=Money.total((item.total for item in items), "RUB"),
        )
        store.add_change(transaction, change)
        commit(transaction)
    state: dict[str, Any] = {"payment": Payment.PARTIALLY_REFUNDED, "invoice_version": version}
    here.alter(order_id, **(state | changes))


def test_order_is_shown_as_get_shows_it(here: Shop) -> None:
    order_id = here.cleared()

    assert seen(here, order_id)["order"] == here.get(order_id=order_id)[1]


def test_short_code_and_the_restaurants_own_id_find_it_too(here: Shop) -> None:
    order_id = here.open()
    whole = seen(here, order_id)

    assert ask(here, short_code=here.order(order_id).short_code) == (200, whole)
    assert ask(here, partner_id="p_demo", external_order_id="A-1021") == (200, whole)


def test_events_say_who_did_what_when(here: Shop) -> None:
    order_id = here.held()
    here.post("update_partner_status", order_id=order_id, status="cancelled", reason="mistake")

    events = seen(here, order_id)["events"]

    assert [event["rev"] for event in events] == list(range(1, len(events) + 1))
    assert [event["name"] for event in events] == here.journal(order_id)
    assert events[0]["actor"] == "p_demo"
    assert events[1]["actor"] == "u1"
    assert events[-1] == {
        "rev": len(events),
        "at": here.get(order_id=order_id)[1]["updated_at"],
        **{"name": "partner_cancelled", "actor": "pos", "reason": "mistake"},
        "status": {"payment": "cancelling", "partner": "cancelled"},
        **{"held": "1570.00", "cleared": "0.00", "refunded": "0.00"},
    }


def test_money_is_told_by_attempts(here: Shop) -> None:
    order_id = here.cleared()

    (attempt,) = seen(here, order_id)["attempts"]

    assert (attempt["attempt"], attempt["invoice_id"]) == (1, f"{order_id}-1")
    assert [(each["version"], each["author"]) for each in attempt["changelog"]] == [(1, "u1")]
    told = [(each["type"], each["amount"]) for each in attempt["transactions"]]
    assert told == [("hold", "1570.00"), ("clear", "1570.00")]
    assert "live" not in attempt


def test_money_of_one_attempt_is_not_told_of_another(here: Shop) -> None:
    order_id = here.holding()
    here.outside.has_invoice(order_id, "hold_failed")
    here.outside.says("POST", "/notify/v1/notifications")
    here.work(f"qr_order_check_payment#{order_id}")
    here.outside.accepts_payments(order_id, attempt=2)
    here.pay(order_id, user_id="u2", idempotency_key="k-2")
    here.outside.has_invoice(f"{order_id}", "held", id=f"{order_id}-2")
    held = here.outside._answers["GET", f"{INVOICES}/{order_id}-1"]
    here.outside._answers["GET", f"{INVOICES}/{order_id}-2"] = held
    here.work(f"qr_order_check_payment#{order_id}")

    first, second = seen(here, order_id)["attempts"]

    assert first["transactions"] == []
    assert [each["type"] for each in second["transactions"]] == ["hold"]
    assert [each["changelog"][0]["author"] for each in (first, second)] == ["u1", "u2"]


@pytest.mark.parametrize(
    ("status", "known"),
    [("held", {"state": "known", "status": "held"}), ("", {"state": "unknown"})],
)
def test_live_asks_the_engine_and_an_unknown_stays_unknown(
    here: Shop, status: str, known: Json
) -> None:
    order_id = here.held()
    here.outside.forget()
    if status:
        here.outside.has_invoice(order_id, status)

    (attempt,) = seen(here, order_id, live="true")["attempts"]

    live = attempt["live"]
    assert {name: live.get(name) for name in known} == known
    assert ("held" in live) == ("problem" not in live) == bool(status)


def test_invoice_that_the_engine_does_not_have_is_absent(here: Shop) -> None:
    order_id = here.holding()
    here.outside.refuses("GET", f"{INVOICES}/{order_id}-1", 404, "not_found")

    (attempt,) = seen(here, order_id, live="true")["attempts"]

    assert attempt["live"] == {"state": "absent"}


def test_engine_is_not_asked_unless_told_to(here: Shop) -> None:
    order_id = here.holding()
    here.outside.forget()

    seen(here, order_id)

    assert here.outside.asked == []


def test_order_that_nobody_has_paid_has_nothing_live(here: Shop) -> None:
    order_id = here.open()

    assert seen(here, order_id, live="true")["attempts"] == []
    assert here.outside.asked == []


def test_receipts_have_titles_and_links_that_last(here: Shop) -> None:
    order_id = here.cleared()
    add_receipt(here, order_id, 1)
    add_receipt(here, order_id, 2, kind="refund", state="requested", key="")

    paid, refund = seen(here, order_id)["receipts"]

    by_invoice = {"invoice_id": f"{order_id}-1", "operator": "anna"}
    assert here.get("admin_get_by_invoice", **by_invoice)[1]["receipts"] == [paid, refund]
    url = paid.pop("url")
    assert paid == {
        "title": "Чек оплаты",
        "sum": "1570.00",
        "document_id": f"{order_id}-1/1",
        **{"type": "payment", "state": "stored"},
    }
    base, _, token = url.partition("/r/")
    assert base == wiring.settings().receipt_link_url
    assert document_of(token, Peppers.parse(PEPPER)) == Document(order_id, f"{order_id}-1", 1)
    assert (refund["title"], refund["state"], "url" in refund) == (
        *("Чек возврата", "requested"),
        False,
    )


def test_refunds_are_told_with_their_items_operator_and_state(here: Shop) -> None:
    order_id = here.cleared()
    bill = OrderStore().change(order_id, f"{order_id}-1", 1).items
    give_back(here, order_id, 2, refunded=bill[0].total.minor)

    body = seen(here, order_id)

    (refund,) = body["refunds"]
    assert refund == {
        "refund_id": "r-2",
        "version": 2,
        "amount": str(bill[0].total),
        "items": [
            {
                **{"id": bill[0].item_id, "name": bill[0].name, "quantity": "2"},
                "amount": str(bill[0].total),
            }
        ],
        **{"reason": "cold soup", "operator": "boris", "state": "done"},
        "at": "2026-01-02T12:00:00.000Z",
    }
    left = body["actions"]["refund"]
    assert (left["version"], left["max"]) == (2, str(bill[1].total))
    assert [item["id"] for item in left["items"]] == [item.item_id for item in bill[1:]]


@pytest.mark.parametrize(
    ("payment", "state"),
    [(Payment.REFUNDING, "in_progress"), (Payment.REFUND_FAILED, "failed")],
)
def test_refund_under_way_is_not_offered_again(here: Shop, payment: Payment, state: str) -> None:
    order_id = here.cleared()
    give_back(here, order_id, 2, payment=payment)

    body = seen(here, order_id)

    assert [refund["state"] for refund in body["refunds"]] == [state]
    assert body["actions"] == {"allowed": []}


def test_cleared_order_may_be_refunded_whole(here: Shop) -> None:
    order_id = here.cleared()

    actions = seen(here, order_id)["actions"]

    assert actions["allowed"] == ["refund"]
    assert (actions["refund"]["version"], actions["refund"]["max"]) == (1, "1570.00")
    amounts = [item["amount"] for item in actions["refund"]["items"]]
    assert Money.total((Money.parse(text, "RUB") for text in amounts), "RUB").minor == TOTAL


@pytest.mark.parametrize("said", list(Partner))
@pytest.mark.parametrize("payment", list(Payment))
def test_actions_are_those_that_the_service_then_does(
    here: Shop, payment: Payment, said: Partner
) -> None:
    order_id = here.opened_in(payment, partner=said)
    allowed = set(seen(here, order_id)["actions"]["allowed"]) - {"refund"}
    before = here.aws.snapshot()
    done = set()
    for action, wanted in WISHES.items():
        here.aws.restore(before)
        sent = {"status": wanted, "source": "admin"}
        status, _ = here.post("update_partner_status", order_id=order_id, **sent)
        if status == 200 and said.value != wanted:
            done.add(action)

    assert allowed == done


def test_reading_writes_nothing(here: Shop) -> None:
    order_id = here.cleared()
    add_receipt(here, order_id, 1)
    here.module("admin_get")

    with here.watched() as calls_made:
        seen(here, order_id)

    assert set(calls_made) <= {
        *("dynamodb.GetItem", "dynamodb.Query", "secretsmanager.GetSecretValue"),
    }


def test_who_reads_is_written_down(here: Shop, caplog: pytest.LogCaptureFixture) -> None:
    order_id = here.open()
    seen(here, order_id)

    (line,) = [vars(record) for record in caplog.records if record.message == "admin_read"]
    assert (line["order_id"], line["operator"]) == (order_id, "anna")
    assert line["caller"] == "arn:aws:sts::123456789012:assumed-role/caller/session"


@pytest.mark.parametrize(
    "query",
    [
        {"order_id": "01UNKNOWN"},
        {"short_code": "ZZZZ9999"},
        {"partner_id": "p_demo", "external_order_id": "A-9"},
        {"partner_id": "p_other", "external_order_id": "A-1021"},
    ],
)
def test_unknown_order_is_not_found(here: Shop, query: dict[str, str]) -> None:
    here.open()

    status, body = ask(here, **query)

    assert (status, body["code"]) == (404, "order_not_found")


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"order_id": "01A", "short_code": "ZZZZ9999"},
        {"external_order_id": "A-1021"},
        {"partner_id": "p_demo"},
        {"order_id": "01A", "partner_id": "p_demo"},
        {"order_id": "a/b"},
        {"order_id": "01A", "live": "yes"},
        {"order_id": "01A", "operator": ""},
        {"order_id": "01A", "operator": "a\nb"},
    ],
)
def test_order_is_asked_for_by_one_name_and_by_somebody(here: Shop, query: dict[str, str]) -> None:
    status, body = ask(here, **query)

    assert (status, body["code"]) == (400, "validation_failed")
