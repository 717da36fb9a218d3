"""shared.trace: the request id of an invocation and the time that is left of it (AR-18, R12)."""

import subprocess
import sys
import uuid

import pytest

from shared import trace
from tests.shared.conftest import Ending


@pytest.mark.parametrize("sent", ["a2345678", "x" * 64, "0af7651916cd43dd.8448-eb_211c8031=9c"])
def test_sane_request_id_is_taken(sent: str) -> None:
    assert trace.begin(sent, None) == sent
    assert trace.request_id() == sent


@pytest.mark.parametrize(
    "sent", [None, "", "1234567", "x" * 65, "a b c d e", "12345678\n", "идидидид", "<script>1"]
)
def test_any_other_request_id_is_replaced_by_a_new_one(sent: str | None) -> None:
    first, second = trace.begin(sent, None), trace.begin(sent, None)

    assert str(uuid.UUID(first)) == first
    assert first != second


def test_gateways_id_is_taken_when_the_caller_gave_none() -> None:
    """Its access log has it, and no other."""
    assert trace.begin(None, None, "GgiVaWgFliAEPDQ=") == "GgiVaWgFliAEPDQ="
    assert trace.is_known()


def test_callers_id_is_kept_beside_the_gateways() -> None:
    trace.begin("request-of-test", None, "GgiVaWgFliAEPDQ=")

    assert trace.ids() == {"request_id": "request-of-test", "gateway_id": "GgiVaWgFliAEPDQ="}


def test_id_made_up_here_is_not_known_until_a_task_brings_its_own() -> None:
    trace.begin(None, None)
    assert not trace.is_known()

    trace.carry("request-of-test")
    assert trace.is_known()


def test_time_is_endless_outside_of_an_invocation() -> None:
    trace.begin(None, None)

    assert trace.remaining_s() == float("inf")
    assert trace.budget_s(5) == 5


@pytest.mark.parametrize(("remaining_s", "budget_s"), [(20, 5), (8, 5), (6, 3), (3, 0), (1, -2)])
def test_budget_ends_three_seconds_before_the_invocation(
    monkeypatch: pytest.MonkeyPatch, remaining_s: int, budget_s: int
) -> None:
    monkeypatch.setattr("shared.trace.time.monotonic", lambda: 1000.0)

    trace.begin(None, Ending(remaining_s))

    assert trace.budget_s(5) == budget_s


def test_budget_shrinks_while_time_passes(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [1000.0]
    monkeypatch.setattr("shared.trace.time.monotonic", lambda: now[0])
    trace.begin(None, Ending(10))

    now[0] += 4

    assert (trace.remaining_s(), trace.budget_s(5)) == (6, 3)


def test_next_invocation_does_not_inherit_the_deadline() -> None:
    trace.begin(None, Ending(1))
    trace.begin(None, None)

    assert trace.budget_s(5) == 5


def test_in_lambda_garbage_waits_for_the_first_invocation() -> None:
    program = (
        "import gc; from shared import trace; before = gc.isenabled()\n"
        "trace.begin(None, None); print(before, gc.isenabled())"
    )
    environment = {"PYTHONPATH": ":".join(sys.path), "AWS_LAMBDA_FUNCTION_NAME": "shop-get"}
    ran = subprocess.run(  # noqa: S603 - the program is the text above
        [sys.executable, "-c", program], env=environment, capture_output=True, check=True
    )

    assert ran.stdout.decode().split() == ["False", "True"]
