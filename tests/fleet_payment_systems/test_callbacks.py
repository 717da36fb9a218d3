"""The engine behind every callback: what it answers, and that a refusal writes nothing (2.5)."""

from typing import Any

import pytest

from fleet_payment_systems.model import DriverLookup, Limits
from fleet_payment_systems.store import money
from tests.support import calls
from tests.support.intrinsics import Json
from tests.support.park import ACCOUNT, DRIVER, Opened, Park
from tests.support.wallets import PARK, som

PAY: dict[str, Any] = {"txn": "t-1", "account": ACCOUNT, "amount": "10.00"}


def books(here: Park) -> list[list[Json]]:
    """All that a callback could have written."""
    return [here.rows(table) for table in ("transactions", "claims", "events", "tasks", "days")]


def said(told: Json) -> str:
    return str(told["result"])


def test_check_names_the_driver_and_writes_nothing(here: Park, link: Opened) -> None:
    before = books(here)
    told = here.ask(link, "check", account=ACCOUNT, amount="10.00")

    assert told == {"result": "ok", "name": "Petro K."}
    assert books(here) == before


def test_check_shows_the_balance_where_the_park_wants_it(here: Park) -> None:
    link = here.open_wallet(show_balance=True)
    here.pay(link, "t-1")
    here.deliver()

    assert here.ask(link, "check", account=ACCOUNT)["balance"] == "10.00"


def test_check_goes_without_the_balance_while_billing_is_down(here: Park) -> None:
    link = here.open_wallet(show_balance=True)
    here.take_down("billing")

    assert here.ask(link, "check", account=ACCOUNT) == {"result": "ok", "name": "Petro K."}


def test_pay_commits_claim_transaction_journal_and_task_at_once(here: Park, link: Opened) -> None:
    told = here.pay(link, "t-1")

    (transaction,) = here.transactions()
    assert (told["result"], told["tx_id"]) == ("ok", transaction["tx_id"])
    assert (transaction["state"], transaction["step"]) == ("accepted", "queued")
    assert transaction["driver_key"] == f"{PARK}#{DRIVER}"
    (claim,) = here.rows("claims")
    assert (claim["claim_id"], claim["tx_id"]) == (f"pay#{PARK}#plain#t-1", told["tx_id"])
    assert here.tasks() == [f"fps_credit#{PARK}#{told['tx_id']}"]
    assert [row["name"] for row in here.rows("events") if "tx#" in row["subject"]] == ["accepted"]


def test_our_number_is_a_positive_signed_64_bit_one(here: Park, link: Opened) -> None:
    tx_id = here.pay(link, "t-1")["tx_id"]
    assert len(tx_id) == 19
    assert 0 < int(tx_id) < 2**62


def test_a_conflict_a_question_and_a_repeat_of_what_is_cancelled_cost_two_reads(
    here: Park, link: Opened
) -> None:
    here.pay(link, "t-1")
    found: list[str] = []

    def see(call: calls.Call) -> None:
        found.append(call.operation)

    with calls.intercepting(see):
        told = [
            here.ask(link, "pay", **PAY | {"amount": "9.00"}),
            here.ask(link, "query", txn="t-1"),
        ]
    here.ask(link, "cancel", txn="t-1")
    with calls.intercepting(see):
        told.append(here.pay(link, "t-1"))

    assert [said(one) for one in told] == ["duplicate_conflict", "ok", "already_cancelled"]
    assert found == ["GetItem"] * 6


def test_a_repeat_is_answered_with_the_first_payment(here: Park, link: Opened) -> None:
    first = here.pay(link, "t-1")
    here.deliver()
    here.aws.clock.advance(90 * 86400)
    repeat = here.pay(link, "t-1")

    assert (repeat["result"], repeat["tx_id"], repeat["at"]) == (
        *("duplicate", first["tx_id"]),
        first["at"],
    )
    assert len(here.billing()) == 1


@pytest.mark.parametrize("other", [{"account": "100042"}, {"amount": "10.01"}])
def test_the_same_number_with_other_content_is_a_conflict_and_an_alarm(
    here: Park, link: Opened, other: dict[str, str]
) -> None:
    here.pay(link, "t-1")
    before = books(here)

    assert said(here.ask(link, "pay", **PAY | other)) == "duplicate_conflict"
    assert books(here) == before
    assert ("FpsDuplicateConflict", 1, ()) in here.measured


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"account": "no such!"}, "account_format"),
        ({"account": "999999"}, "account_not_found"),
        ({"account": "100777"}, "account_blocked"),
        ({"amount": "0.00"}, "amount_invalid"),
        ({"amount": "4.99"}, "amount_too_small"),
        ({"amount": "20.01"}, "amount_too_large"),
        ({"amount": "x"}, "bad_request"),
        ({"op": "dance"}, "bad_request"),
    ],
)
def test_a_refused_payment_writes_nothing(here: Park, changes: dict[str, str], told: str) -> None:
    link = here.open_wallet(limits=Limits(som(5), som(20)))
    before = books(here)

    assert said(here.ask(link, **({"op": "pay"} | PAY | changes))) == told
    assert books(here) == before


@pytest.mark.parametrize("amount", ["5.00", "20.00"])
def test_limits_include_their_bounds(here: Park, amount: str) -> None:
    link = here.open_wallet(limits=Limits(som(5), som(20)))
    assert said(here.pay(link, "t-1", amount)) == "ok"


def test_check_and_pay_refuse_alike(here: Park) -> None:
    link = here.open_wallet(limits=Limits(som(5)))
    for account, amount in [(ACCOUNT, "4.00"), ("999999", "9.00"), ("100777", "9.00")]:
        check = here.ask(link, "check", account=account, amount=amount)
        assert said(check) == said(here.pay(link, "t-1", amount, account)) != "ok"


def test_a_pay_code_carries_its_check_digit(here: Park) -> None:
    link = here.open_wallet(driver_lookup=DriverLookup.PAY_CODE)
    assert said(here.pay(link, "t-1", account="100245")) == "account_format"
    assert said(here.pay(link, "t-1", account="100248")) == "ok"


def test_a_day_takes_no_more_than_its_limit_in_the_parks_zone(here: Park) -> None:
    link = here.open_wallet(limits=Limits(daily=som(25)))  # it is 15:00 in Tashkent

    assert [said(here.pay(link, f"t-{n}")) for n in range(3)] == ["ok", "ok", "amount_too_large"]
    assert said(here.pay(link, "t-0")) == "duplicate"
    assert said(here.pay(link, "t-3", "5.00")) == "ok"
    here.aws.clock.advance(9 * 3600)
    assert said(here.pay(link, "t-2")) == "ok"
    assert said(here.pay(link, "t-4", "25.01")) == "amount_too_large"


def test_query_tells_what_became_of_a_payment(here: Park, link: Opened) -> None:
    assert said(here.ask(link, "query", txn="t-1")) == "txn_not_found"
    tx_id = here.pay(link, "t-1")["tx_id"]
    told = here.ask(link, "query", txn="t-1")
    assert (told["result"], told["tx_id"]) == ("ok", tx_id)


def test_another_park_and_another_number_are_other_payments(here: Park, link: Opened) -> None:
    other = here.open_wallet(park_id="park-8")
    told = [here.pay(link, "t-1"), here.pay(other, "t-1"), here.pay(link, "t-2")]
    assert [said(one) for one in told] == ["ok"] * 3
    assert len({one["tx_id"] for one in told}) == 3


def test_a_new_wallet_opens_no_second_credit(here: Park, link: Opened) -> None:
    first = here.pay(link, "t-1")
    anew = here.open_wallet()
    assert here.pay(anew, "t-1")["tx_id"] == first["tx_id"]
    assert len(here.transactions()) == 1


def test_a_lookup_that_fails_is_temporary(here: Park, link: Opened) -> None:
    here.take_down("fleet_transactions")
    assert said(here.pay(link, "t-1")) == said(here.ask(link, "check", account=ACCOUNT))
    assert said(here.pay(link, "t-1")) == "temporary_error"
    assert here.transactions() == []


def test_a_foreign_404_is_no_missing_driver(here: Park, link: Opened) -> None:
    """A gateway without the route answers 404 too: not a final word about a driver."""
    here.take_down("fleet_transactions", status=404)
    assert said(here.pay(link, "t-1")) == "temporary_error"


def test_the_statement_lists_payments_by_the_providers_time(here: Park, link: Opened) -> None:
    for number, second in enumerate((100, 200, 300)):
        here.ask(link, "pay", **PAY | {"txn": f"t-{number}", "time": second})
    here.ask(link, "cancel", txn="t-1")

    assert here.ask(link, "statement", since=100, until=300)["statement"] == ["t-0", "t-2"]
    assert here.ask(link, "statement", since=101, until=299) == {"result": "ok"}


def test_a_statement_longer_than_an_answer_is_refused_and_a_shorter_time_is_not(
    here: Park, link: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(money, "STATEMENT_MAX", 2)
    for number in range(3):
        here.ask(link, "pay", **PAY | {"txn": f"t-{number}", "time": 100 + number})

    assert said(here.ask(link, "statement", since=100, until=102)) == "bad_request"
    assert here.ask(link, "statement", since=100, until=101)["statement"] == ["t-0", "t-1"]


def test_metrics_name_provider_state_and_currency(here: Park, link: Opened) -> None:
    here.pay(link, "t-1")
    here.deliver()

    found = [one for one in here.measured if one[0] in ("FpsTransactions", "FpsTurnover")]
    assert found == [
        ("FpsTransactions", 1, ("Provider=plain", "State=accepted", "Currency=UZS")),
        ("FpsTransactions", 1, ("Provider=plain", "State=processed", "Currency=UZS")),
        ("FpsTurnover", 1000, ("Provider=plain", "State=processed", "Currency=UZS")),
    ]
    assert ("BillingRetryAgeSec", 0, ()) in here.measured
