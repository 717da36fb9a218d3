"""Faults on order (SPEC B.14): the same of every system, so one of each kind is enough."""

import time

import pytest

from tests.sandbox.document import document
from tests.sandbox.engine import Call, Engine, basket
from tests.sandbox.test_eda import put, receipt
from tests.sandbox.test_notify import MESSAGES, SEND, message
from tests.sandbox.test_payment_methods import ASKED, ROUTE


def test_armed_calls_fail_and_the_next_one_works(call: Call) -> None:
    order = {"fail_next": 2, "status": 500}
    assert call("POST", "/payment_methods/faults", order) == (200, {**order, "latency_ms": 0})

    statuses = [call("POST", ROUTE, ASKED)[0] for _ in range(3)]

    assert statuses == [500, 500, 200]


def test_failed_call_has_no_effect_and_says_so_in_the_one_error_shape(call: Call) -> None:
    call("POST", "/notify/faults", {"fail_next": 1})

    status, refused = call("POST", SEND, message("k-1"))

    assert (status, refused["code"]) == (503, "injected_fault")
    assert set(refused) == {"code", "message", "details", "request_id"}
    assert call("GET", MESSAGES, user_id="u-1") == (200, {"messages": []})


@pytest.mark.parametrize(("status", "answered"), [(0, 200), (503, 503)])
def test_slow_call_waits_first_and_the_next_one_does_not(
    call: Call, monkeypatch: pytest.MonkeyPatch, status: int, answered: int
) -> None:
    waits: list[float] = []
    monkeypatch.setattr(time, "sleep", waits.append)
    call("POST", "/payment_methods/faults", {"fail_next": 1, "status": status, "latency_ms": 1500})

    assert [call("POST", ROUTE, ASKED)[0] for _ in range(2)] == [answered, 200]
    assert waits == [1.5]


def test_failed_call_moves_no_money(engine: Engine, call: Call) -> None:
    engine.held()
    call("POST", "/transactions/faults", {"fail_next": 2})

    engine.clear(503)
    engine.update(basket(2, "50"), 503)
    engine.wait()

    assert (engine.get()["status"], engine.get()["version"]) == ("held", 1)


def test_failed_document_is_not_taken(call: Call) -> None:
    call("POST", "/eda/faults", {"fail_next": 1})

    assert put(call, document())[0] == 503
    assert receipt(call)[0] == 404


def test_faults_of_one_system_spare_the_others(call: Call) -> None:
    call("POST", "/notify/faults", {"fail_next": 5})

    assert call("POST", ROUTE, ASKED)[0] == 200


@pytest.mark.parametrize("system", ["transactions", "eda", "payment_methods", "cashback", "notify"])
def test_fault_with_a_success_status_is_malformed(call: Call, system: str) -> None:
    assert call("POST", f"/{system}/faults", {"fail_next": 1, "status": 200})[0] == 400
