"""Faults on order (SPEC B.14): the same of every system, so one of each kind is enough."""

import pytest

from tests.sandbox.conftest import Call
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


def test_slow_call_still_works(call: Call) -> None:
    call("POST", "/payment_methods/faults", {"fail_next": 1, "status": 0, "latency_ms": 1})

    assert call("POST", ROUTE, ASKED)[0] == 200


def test_faults_of_one_system_spare_the_others(call: Call) -> None:
    call("POST", "/notify/faults", {"fail_next": 5})

    assert call("POST", ROUTE, ASKED)[0] == 200


@pytest.mark.parametrize("system", ["transactions", "eda", "payment_methods", "notify"])
def test_fault_with_a_success_status_is_malformed(call: Call, system: str) -> None:
    assert call("POST", f"/{system}/faults", {"fail_next": 1, "status": 200})[0] == 400
