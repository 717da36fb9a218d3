"""What must hold of cash desks and drivers' money, whatever happened (RELIABILITY 4.1)."""

from collections.abc import Iterable
from typing import Final

from local.cash_desk import Told
from tests.support.checkout import QUEUE, Checkout
from tests.support.intrinsics import Json

FINAL: Final = frozenset({"DECLINED", "EXPIRED", "REVERSED", "REFUNDED"})
CLOSED: Final = frozenset({"DECLINED", "EXPIRED", "REVERSED"})
PAID: Final = frozenset({"PAID", "PARTIALLY_REFUNDED", "REFUNDED"})


def check_books(here: Checkout) -> None:
    """M9, M10, M19 at any moment: one payment a number; what is told is what was moved."""
    purchases = here.rows("purchases")
    owners = {row["trn"]: row.get("ya_transaction_id") for row in here.rows("trns")}
    for row in purchases:
        assert owners[f"{row['aggregator']}#{row['trn']}"] == row["ya_transaction_id"]
    named = [ya for ya in owners.values() if ya]
    assert sorted(named) == sorted(row["ya_transaction_id"] for row in purchases)
    keys = {f"{row['aggregator']}:{row['trn']}" for row in purchases}
    assert {row["key"] for row in here.payments()} <= keys, "a payment that nobody asked for"
    for row in purchases:
        _check_money(here, row)
        _check_refunds(here, row)
        _check_task(here, row)
        _check_journal(here, row)


def check_quiet(here: Checkout) -> None:
    """M13, M15-M17 once nothing is on its way: every purchase is known, and in both books."""
    check_books(here)
    assert here.tasks() == []
    for row in here.rows("purchases"):
        assert row["wish"] == "none", row
        assert row["state"] in FINAL | PAID, row
        assert row["reserved"] == 0, row
        left = row["amount"] - row["refunded"] if row["state"] in PAID else 0
        assert here.balance(int(row["trn"])) == left, row


def check_told(here: Checkout, trn: int, told: Iterable[Told], *, reversed_: bool = False) -> None:
    """M8, M24 of one number's answers, when quiet: no final state is followed by another, and
    who was told PAID is paid, unless he has reversed it since.
    """
    heard = [one.state for one in told if one.status == 200 and one.state]
    final = {state for state in heard if state in CLOSED}
    rows = [row["state"] for row in here.rows("purchases") if row["trn"] == str(trn)]
    now = rows[0] if rows else "REVERSED"
    assert final <= {now}, f"told {final}, and now it is {now}"
    if any(one.paid for one in told) and not reversed_:
        assert now in PAID, f"told PAID, and now it is {now}"


def _check_money(here: Checkout, row: Json) -> None:
    """At most one debit, and none that is left where the desk hears of no payment (M9)."""
    moved = _movements(here, row)
    debits = [one["amount"] for one in moved if one["kind"] == "debit"]
    assert debits in ([], [row["amount"]]), "debited twice, or another amount"
    if row["state"] in CLOSED:
        assert here.balance(int(row["trn"])) == 0, f"{row['state']}, and the driver has paid"
    if row["state"] in PAID:
        assert debits, f"{row['state']}, and nobody has paid"
        given_back = [one for one in moved if one["kind"] == "return"]
        assert not given_back or row["wish"] == "reverse", "told paid, and it was given back"


def _check_refunds(here: Checkout, row: Json) -> None:
    """M10: what went back is what is told, and never above the payment."""
    mine = [
        one for one in here.rows("refunds") if one["ya_transaction_id"] == row["ya_transaction_id"]
    ]
    sums = {
        state: sum(one["amount"] for one in mine if one["state"] == state)
        for state in ("DONE", "PROCESSING")
    }
    assert (row["refunded"], row["reserved"]) == (sums["DONE"], sums["PROCESSING"])
    assert row["refunded"] + row["reserved"] <= row["amount"], "refunds above the payment"
    sent = sum(one["amount"] for one in _movements(here, row) if one["kind"] == "refund")
    assert row["refunded"] <= sent <= row["refunded"] + row["reserved"]
    if row["refunded"]:
        whole = row["refunded"] == row["amount"]
        assert row["state"] == ("REFUNDED" if whole else "PARTIALLY_REFUNDED")


def _check_task(here: Checkout, row: Json) -> None:
    """Every open object has a task that will look at it again (R14)."""
    tasks, ya = here.tasks(), row["ya_transaction_id"]
    if row["state"] in {"NEW", "WAITING"} or row["wish"] != "none":
        assert f"{QUEUE}#{ya}" in tasks, "an open purchase that nobody looks at"
    for one in here.rows("refunds"):
        if one["ya_transaction_id"] == ya and one["state"] == "PROCESSING":
            assert f"{QUEUE}#{ya}#{one['refund_trn']}" in tasks, "a refund that nobody looks at"


def _check_journal(here: Checkout, row: Json) -> None:
    versions = [
        one["version"]
        for one in here.rows("events")
        if one["ya_transaction_id"] == row["ya_transaction_id"]
    ]
    assert sorted(versions) == list(range(1, row["version"] + 1))


def _movements(here: Checkout, row: Json) -> list[Json]:
    ids = {one["payment_id"] for one in here.payments() if one["key"] == f"mobi:{row['trn']}"}
    return [one for one in here.ledger() if one["invoice_id"] in ids]
