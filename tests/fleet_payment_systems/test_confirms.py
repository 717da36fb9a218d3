"""A payment in two phases: registered, then confirmed, withdrawn or forgotten (osmp-family 6a)."""

from typing import Any

import pytest

from fleet_payment_systems.model import Limits
from tests.support.intrinsics import Json
from tests.support.park import ACCOUNT, Opened, Park
from tests.support.wallets import som

DAY_S = 86400


def register(here: Park, link: Opened, **other: Any) -> Json:
    said = {"txn": "t-1", "account": ACCOUNT, "amount": "10.00"} | other
    return here.ask(link, "register", **said)


def ask(here: Park, link: Opened, op: str, registered: Json) -> Json:
    return here.ask(link, op, tx_id=registered["tx_id"])


def test_a_registered_payment_is_stored_and_credits_nobody(here: Park, link: Opened) -> None:
    told = register(here, link)
    here.deliver()

    (row,) = here.transactions()
    assert (told["result"], row["tx_id"]) == ("ok", told["tx_id"])
    assert (row["state"], row["step"]) == ("accepted", "registered")
    assert here.tasks() == [f"fps_credit#park-7#{told['tx_id']}"]
    assert here.billing() == []


def test_a_confirm_credits_once_however_often_it_comes(here: Park, link: Opened) -> None:
    told = register(here, link)
    here.aws.clock.advance(60)
    first = ask(here, link, "confirm", told)
    here.aws.clock.advance(60)
    again = [ask(here, link, "confirm", told) for _ in range(2)]
    here.deliver()
    again.append(ask(here, link, "confirm", told))

    assert first["result"] == "ok"
    assert again == [first] * 3
    assert first["at"] > told["at"]
    assert [row["amount"] for row in here.billing()] == [1000]
    assert here.tasks() == []


def test_the_same_order_again_has_the_same_number(here: Park, link: Opened) -> None:
    first = register(here, link)
    ask(here, link, "confirm", first)
    again = register(here, link)

    assert (again["result"], again["tx_id"]) == ("duplicate", first["tx_id"])
    assert len(here.transactions()) == 1


@pytest.mark.parametrize("other", [{"account": "100042"}, {"amount": "10.01"}, {"op": "pay"}])
def test_the_same_order_with_other_content_or_in_one_phase_is_a_conflict(
    here: Park, link: Opened, other: dict[str, str]
) -> None:
    register(here, link)
    said = {"op": "register", "txn": "t-1", "account": ACCOUNT, "amount": "10.00"} | other
    assert here.ask(link, **said)["result"] == "duplicate_conflict"


def test_a_withdrawn_payment_can_not_be_confirmed(here: Park, link: Opened) -> None:
    told = register(here, link)
    first, again = (ask(here, link, "withdraw", told) for _ in range(2))
    here.deliver()

    assert (first["result"], again["result"]) == ("ok", "already_cancelled")
    assert first["at"] == again["at"]
    assert ask(here, link, "confirm", told)["result"] == "txn_not_found"
    assert register(here, link)["result"] == "already_cancelled"
    assert (here.billing(), here.tasks()) == ([], [])


def test_a_confirmed_payment_is_taken_back_where_reversals_are_allowed(
    here: Park, link: Opened
) -> None:
    told = register(here, link)
    ask(here, link, "confirm", told)
    assert ask(here, link, "withdraw", told)["result"] == "cancel_forbidden"
    here.deliver()
    assert ask(here, link, "withdraw", told)["result"] == "cancel_forbidden"
    here.change(link, allow_reversal=True)
    assert ask(here, link, "withdraw", told)["result"] == "ok"
    here.deliver()
    assert sum(row["amount"] for row in here.billing()) == 0


def test_a_payment_that_nobody_confirms_ends_after_three_days(here: Park, link: Opened) -> None:
    told = register(here, link)
    here.aws.clock.advance(3 * DAY_S - 60)
    here.sweep()
    here.deliver()
    assert [row["step"] for row in here.transactions()] == ["registered"]

    here.aws.clock.advance(120)
    here.sweep()
    here.deliver()
    (row,) = here.transactions()
    assert (row["state"], row["step"], row["reason"]) == ("rejected", "timeout", "not_confirmed")
    assert (here.tasks(), here.billing()) == ([], [])
    assert ask(here, link, "confirm", told)["result"] == "txn_not_found"
    assert register(here, link)["result"] == "already_cancelled"


def test_a_late_confirm_is_not_yet_overdue_billing(here: Park, link: Opened) -> None:
    told = register(here, link)
    here.aws.clock.advance(2 * DAY_S)
    ask(here, link, "confirm", told)
    here.deliver()
    assert ("BillingRetryAgeSec", 0, ()) in here.measured


def test_a_wake_up_before_its_time_changes_nothing(here: Park, link: Opened) -> None:
    register(here, link)
    (task_id,) = here.tasks()
    here.credit(task_id)
    assert [row["step"] for row in here.transactions()] == ["registered"]
    assert here.tasks() == [task_id]


def test_what_may_refuse_a_payment_is_asked_when_it_is_registered(here: Park) -> None:
    link = here.open_wallet(limits=Limits(som(5), som(20), som(25)))
    told = [register(here, link, amount=amount)["result"] for amount in ("4.99", "20.01")]
    told += [register(here, link, account=account)["result"] for account in ("999999", "100777")]
    assert told == ["amount_too_small", "amount_too_large", "account_not_found", "account_blocked"]

    first = register(here, link, amount="15.00")
    assert register(here, link, txn="t-2", amount="15.00")["result"] == "amount_too_large"
    assert ask(here, link, "confirm", first)["result"] == "ok"


def test_a_switched_off_wallet_confirms_nothing_and_lets_go(here: Park, link: Opened) -> None:
    told = register(here, link)
    here.change(link, enabled=False)
    assert ask(here, link, "confirm", told)["result"] == "payment_forbidden"
    assert ask(here, link, "withdraw", told)["result"] == "ok"


@pytest.mark.parametrize("op", ["confirm", "withdraw"])
def test_only_a_payment_of_the_park_and_system_has_a_second_phase(
    here: Park, link: Opened, op: str
) -> None:
    elsewhere = register(here, here.open_wallet(park_id="park-8"), txn="t-2")
    paid = here.pay(link, "t-3")
    here.change(link, allow_reversal=True)
    here.deliver()
    here.ask(link, "cancel", txn="t-3")
    (reversal,) = here.transactions(direction="reversal")

    told = [ask(here, link, op, one)["result"] for one in (elsewhere, reversal, {"tx_id": "1"})]
    assert told == ["txn_not_found"] * 3
    assert ask(here, link, "confirm", paid)["result"] == "txn_not_found"


def test_a_new_link_confirms_what_was_registered_by_the_old_one(here: Park, link: Opened) -> None:
    told = register(here, link)
    new = here.add_link(link)
    here.revoke(link)
    assert ask(here, link, "confirm", told)["result"] == "auth_failed"
    assert ask(here, new, "confirm", told)["result"] == "ok"


def test_the_statement_lists_what_is_confirmed(here: Park, link: Opened) -> None:
    first = register(here, link, time=100)
    register(here, link, txn="t-2", time=200)
    ask(here, link, "confirm", first)
    assert here.ask(link, "statement", since=0, until=300)["statement"] == ["t-1"]
