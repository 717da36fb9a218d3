"""What every adapter owes its operator and us, whatever the protocol (SPEC A.6, STYLE 3.1)."""

import pytest

from fleet_payment_systems.operations import (
    Cancel,
    ChangePassword,
    Check,
    Confirm,
    Outcome,
    Pay,
    Query,
    Result,
    Statement,
    Withdraw,
)
from fleet_payment_systems.providers.registry import ALL
from tests.fleet_payment_systems.providers.engine import (
    BLOCKED,
    DRIVERS,
    MALFORMED,
    MAXIMUM,
    MINIMUM,
    NOW,
    UNKNOWN,
    Engine,
)
from tests.fleet_payment_systems.providers.support import CANARY, System, ask, exchange
from tests.fleet_payment_systems.providers.systems import SYSTEMS

EVERY_SYSTEM = pytest.mark.parametrize("system", SYSTEMS, ids=lambda system: system.name)
DRIVER = next(iter(DRIVERS))


def test_every_profile_of_every_provider_has_samples() -> None:
    declared = {f"{each.spec.code}-{profile}" for each in ALL for profile in each.spec.profiles}
    assert {system.name for system in SYSTEMS} == declared


def test_codes_of_providers_are_unique() -> None:
    codes = [provider.spec.code for provider in ALL]
    assert len(set(codes)) == len(codes)


@EVERY_SYSTEM
def test_a_check_of_a_driver_is_ok_and_moves_nothing(system: System) -> None:
    engine = Engine()
    answer = ask(system, system.check(DRIVER), engine)
    assert answer.code == system.codes.get("payable", system.codes["ok"])
    assert engine.paid == {}


@EVERY_SYSTEM
@pytest.mark.parametrize(
    ("account", "situation"),
    [(UNKNOWN, "unknown"), (MALFORMED, "malformed"), (BLOCKED, "blocked")],
)
def test_who_can_not_be_paid_is_refused_alike_in_check_and_pay(
    system: System, account: str, situation: str
) -> None:
    engine = Engine()
    asked = (system.check(account), system.pay(system.txn, account, 25000))
    assert [ask(system, each, engine).code for each in asked] == [system.codes[situation]] * 2
    assert engine.paid == {}


@EVERY_SYSTEM
def test_a_payment_is_taken_once_and_its_repeat_is_answered_as_documented(system: System) -> None:
    engine, request = Engine(), system.pay(system.txn, DRIVER, 25000)
    first, *repeats = [ask(system, request, engine) for _ in range(3)]
    assert first.code == system.codes["ok"]
    assert {repeat.code for repeat in repeats} == {system.codes["repeat"]}
    assert {repeat.number for repeat in repeats} <= {first.number, ""}
    if system.codes["repeat"] == system.codes["ok"]:
        assert repeats == [first, first]
    (taken,) = engine.paid.values()
    assert (taken.account, taken.amount.minor) == (DRIVER, 25000)


@EVERY_SYSTEM
@pytest.mark.parametrize(
    ("account", "minor", "situation"),
    [(DRIVER, 25001, "conflict of amount"), ("100042", 25000, "conflict")],
)
def test_a_known_number_with_other_data_is_a_refusal(
    system: System, account: str, minor: int, situation: str
) -> None:
    engine = Engine()
    ask(system, system.pay(system.txn, DRIVER, 25000), engine)
    answer = ask(system, system.pay(system.txn, account, minor), engine)
    assert answer.code == system.codes.get(situation, system.codes["conflict"])
    assert answer.code not in {system.codes["ok"], system.codes["repeat"]}
    assert len(engine.paid) == 1


@EVERY_SYSTEM
@pytest.mark.parametrize(
    ("minor", "situation"), [(0, "zero"), (MINIMUM - 1, "small"), (MAXIMUM + 1, "large")]
)
def test_an_amount_beyond_the_limits_is_refused(system: System, minor: int, situation: str) -> None:
    engine = Engine()
    answer = ask(system, system.pay(system.txn, DRIVER, minor), engine)
    assert answer.code == system.codes[situation]
    assert engine.paid == {}


@EVERY_SYSTEM
def test_a_bad_link_is_refused_in_the_protocol(system: System) -> None:
    engine, request = Engine(), system.pay(system.txn, DRIVER, 25000)
    reply = exchange(system.provider, None, request, engine).reply
    assert system.read(reply).code == system.codes["bad link"]
    assert engine.paid == {}


@EVERY_SYSTEM
def test_a_wrong_login_or_signature_is_refused_in_the_protocol(system: System) -> None:
    found = exchange(system.provider, system.guarded, system.forged, Engine())
    assert found.operation is None
    assert found.outcome.result == Result.AUTH_FAILED
    assert system.read(found.reply).code == system.codes["bad login"]


@EVERY_SYSTEM
def test_an_engine_that_is_down_means_later_and_never_a_final_code(system: System) -> None:
    engine = Engine(down=True)
    asked = (system.check(DRIVER), system.pay(system.txn, DRIVER, 25000))
    assert {ask(system, each, engine).code for each in asked} == {system.codes["down"]}


@EVERY_SYSTEM
def test_a_malformed_request_becomes_no_operation_and_is_answered(system: System) -> None:
    for what, request in system.malformed.items():
        found = exchange(system.provider, system.account, request, Engine())
        assert found.operation is None, what
        assert system.read(found.reply).code not in {system.codes["ok"], "503"}, what


@EVERY_SYSTEM
def test_every_operation_decodes_from_a_sample(system: System) -> None:
    samples = [system.check(DRIVER), system.pay(system.txn, DRIVER, 25000)]
    samples += [make(system.txn) for make in system.asks.values()]
    found = [exchange(system.provider, system.account, each, Engine()) for each in samples]
    kinds = {type(each.operation) for each in found}
    assert {Check, Pay} <= kinds
    assert kinds <= {Check, Pay, Confirm, Withdraw, Query, Cancel, Statement, ChangePassword}
    assert len(kinds) == len(samples)


@EVERY_SYSTEM
def test_an_unknown_transaction_is_not_found_and_a_known_one_is(system: System) -> None:
    asked = [name for name in system.asks if name in {"check_status", "ACT 7", "CheckTransaction"}]
    for name in asked:
        engine = Engine()
        missing = ask(system, system.asks[name](system.txn), engine)
        assert missing.code == system.codes["not found"]
        paid = ask(system, system.pay(system.txn, DRIVER, 25000), engine)
        found = ask(system, system.asks[name](system.txn), engine)
        assert found.number == paid.number
        assert found.code in {"0", "11"}


@EVERY_SYSTEM
@pytest.mark.parametrize("result", sorted(set(Result) - {Result.OK, Result.DUPLICATE}))
def test_every_refusal_has_an_answer_with_or_without_an_operation(
    system: System, result: Result
) -> None:
    requests = [system.check(DRIVER), system.pay(system.txn, DRIVER, 25000)]
    requests += [make(system.txn) for make in system.asks.values()]
    for request in requests:
        operation = exchange(system.provider, system.account, request, Engine()).operation
        for account, told in ((system.account, operation), (system.account, None), (None, None)):
            outcome = Outcome(result)
            reply = system.provider.encode(request, account, told, outcome, NOW)
            system.read(reply)


@EVERY_SYSTEM
def test_no_answer_holds_a_secret(system: System) -> None:
    engine = Engine()
    asked = [system.check(DRIVER), system.pay(system.txn, DRIVER, 25000), system.forged]
    asked += [*system.malformed.values(), *(make(system.txn) for make in system.asks.values())]
    for request in asked:
        reply = exchange(system.provider, system.account, request, engine).reply
        assert CANARY.encode() not in reply.body


@EVERY_SYSTEM
def test_a_refusal_and_an_account_show_no_secret(system: System) -> None:
    assert CANARY not in repr(system.account)
    assert CANARY not in str(system.account)
