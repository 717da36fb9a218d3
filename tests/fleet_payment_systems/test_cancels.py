"""A payment taken back: before it came, before its credit, afterwards (PC11, PC12, PC23)."""

from decimal import Decimal

from tests.support.intrinsics import Json
from tests.support.park import ACCOUNT, Opened, Park


def entries(here: Park) -> list[tuple[int, str]]:
    """Billing's own, the smallest amount first."""
    return sorted((row["amount"], row["category"]) for row in here.billing())


def cancel(here: Park, link: Opened, **said: str) -> str:
    return str(here.ask(link, "cancel", txn="t-1", **said)["result"])


def paid(here: Park, link: Opened) -> Json:
    told = here.pay(link, "t-1")
    here.deliver()
    return told


def test_a_cancel_before_the_payment_forbids_it_for_ever(here: Park, link: Opened) -> None:
    assert cancel(here, link) == "txn_not_found"
    here.aws.clock.advance(400 * 86400)
    assert here.pay(link, "t-1")["result"] == "already_cancelled"
    assert cancel(here, link) == "txn_not_found"
    assert here.transactions() == []


def test_a_payment_not_yet_credited_is_withdrawn(here: Park, link: Opened) -> None:
    here.pay(link, "t-1")

    assert cancel(here, link) == "ok"
    assert cancel(here, link) == here.pay(link, "t-1")["result"] == "already_cancelled"
    here.deliver()
    assert (entries(here), here.tasks()) == ([], [])
    assert here.ask(link, "query", txn="t-1")["result"] == "already_cancelled"


def test_a_cancel_of_another_sum_or_account_is_a_conflict(here: Park, link: Opened) -> None:
    here.pay(link, "t-1")
    assert cancel(here, link, amount="9.00") == "duplicate_conflict"
    assert cancel(here, link, account="100042") == "duplicate_conflict"
    assert cancel(here, link, amount="10.00", account=ACCOUNT) == "ok"


def test_a_credited_payment_stays_unless_the_park_allows(here: Park, link: Opened) -> None:
    paid(here, link)
    assert cancel(here, link) == "cancel_forbidden"
    here.change(link, allow_reversal=True)
    assert cancel(here, link) == "ok"


def test_a_reversal_takes_the_money_back_once(here: Park) -> None:
    link = here.open_wallet(allow_reversal=True)
    first = paid(here, link)

    assert [cancel(here, link) for _ in range(2)] == ["ok", "already_cancelled"]
    here.deliver()
    assert entries(here) == [(-1000, "reversal"), (1000, "topup")]
    assert sorted(row["amount"] for row in here.book()) == ["-10.00", "10.00"]
    (reversal,) = here.transactions(direction="reversal")
    assert (reversal["reverses"], reversal["state"]) == (first["tx_id"], "processed")
    assert here.pay(link, "t-1")["result"] == "already_cancelled"


def test_a_reversal_gives_the_commission_back_first(here: Park) -> None:
    """A driver with this one payment has less than it came with, and can give it back still."""
    link = here.open_wallet(allow_reversal=True, commission_rate=Decimal("0.05"))
    paid(here, link)

    assert cancel(here, link) == "ok"
    here.deliver()
    assert entries(here) == [
        *((-1000, "reversal"), (-50, "topup_commission")),
        *((50, "topup_commission"), (1000, "topup")),
    ]


def test_a_driver_who_spent_the_money_keeps_the_payment(here: Park) -> None:
    link = here.open_wallet(allow_reversal=True)
    paid(here, link)
    other = here.open_wallet(allow_reversal=True, system="plain", title="other")
    here.pay(other, "t-2")
    here.deliver()
    here.spend(1500)

    assert cancel(here, link) == "cancel_forbidden"
    assert here.transactions(direction="reversal") == []


def test_money_spent_after_the_promise_waits_in_suspense(here: Park) -> None:
    link = here.open_wallet(allow_reversal=True)
    paid(here, link)
    assert cancel(here, link) == "ok"
    here.spend(500)
    here.deliver()

    (waiting,) = here.rows("suspense")
    assert (waiting["amount"], waiting["reason"]) == (-1000, "insufficient_funds")
    assert here.tasks() == []


def test_a_cancel_while_it_is_credited_is_for_later(here: Park, link: Opened) -> None:
    here.pay(link, "t-1")
    here.take_down("billing")
    here.deliver()

    assert cancel(here, link) == "in_progress"
    assert here.pay(link, "t-1")["result"] == "duplicate"


def test_billing_down_makes_a_reversal_wait(here: Park) -> None:
    link = here.open_wallet(allow_reversal=True)
    paid(here, link)
    here.take_down("billing")
    assert cancel(here, link) == "temporary_error"
    assert here.transactions(direction="reversal") == []


def test_a_payment_in_suspense_is_given_back_by_people(here: Park, link: Opened) -> None:
    here.pay(link, "t-1", account="100666")
    here.deliver()
    assert cancel(here, link) == "cancel_forbidden"
    assert here.pay(link, "t-1", account="100666")["result"] == "duplicate"
