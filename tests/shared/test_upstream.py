"""shared.upstream: outside systems over HTTP; what is not known is never taken for a refusal."""

from collections.abc import Iterator
from contextlib import suppress
from typing import Any, Final

import pytest
import requests
import responses
from responses import matchers

from shared import metrics, trace
from shared.errors import Unavailable
from shared.upstream import Upstream, UpstreamRefused
from tests.shared.conftest import Ending, Lines

BASE: Final = "https://bank.example/v1"
HOLDS: Final = f"{BASE}/holds"


@pytest.fixture
def bank() -> Iterator[responses.RequestsMock]:
    trace.begin("request-of-test", None)
    with responses.RequestsMock() as fake:
        yield fake


@pytest.fixture
def upstream() -> Upstream:
    return Upstream("bank", BASE, timeout_s=4)


def test_accepted_call_gives_its_body(bank: responses.RequestsMock, upstream: Upstream) -> None:
    bank.post(HOLDS, json={"state": "held"}, match=[matchers.json_params_matcher({"sum": "1.00"})])

    assert upstream.call("POST", "/holds", {"sum": "1.00"}, operation="hold") == {"state": "held"}


def test_exchange_gives_the_status_as_well(
    bank: responses.RequestsMock, upstream: Upstream
) -> None:
    bank.get(HOLDS, json={"state": "pending"}, status=202)

    assert upstream.exchange("GET", "/holds", operation="hold") == (202, {"state": "pending"})


def test_accepted_call_may_have_no_body(bank: responses.RequestsMock, upstream: Upstream) -> None:
    bank.post(HOLDS, status=204)

    assert upstream.call("POST", "/holds", operation="hold") == {}


def test_call_carries_request_id_and_idempotency_key(
    bank: responses.RequestsMock, upstream: Upstream
) -> None:
    sent = {"X-Request-Id": "request-of-test", "Idempotency-Key": "hold-1"}
    bank.post(HOLDS, json={}, match=[matchers.header_matcher(sent)])

    upstream.call("POST", "/holds", {}, key="hold-1", operation="hold")


def test_call_without_a_key_sends_none(bank: responses.RequestsMock, upstream: Upstream) -> None:
    bank.get(HOLDS, json={})

    upstream.call("GET", "/holds", operation="hold")

    assert "Idempotency-Key" not in bank.calls[0].request.headers


@pytest.mark.parametrize("status", [400, 402, 404, 409, 422])
def test_documented_4xx_is_a_final_refusal(
    bank: responses.RequestsMock, upstream: Upstream, status: int
) -> None:
    body = {"code": "insufficient_funds", "details": {"state": "refused"}}
    bank.post(HOLDS, json=body, status=status)

    with pytest.raises(UpstreamRefused) as refusal:
        upstream.call("POST", "/holds", {}, operation="hold")

    assert (refusal.value.status, refusal.value.code) == (status, "insufficient_funds")
    assert refusal.value.details == {"state": "refused"}
    assert len(bank.calls) == 1


@pytest.mark.parametrize("status", [300, 302, 307, 408, 429, 500, 502, 503, 504])
def test_any_other_status_is_unknown_and_asked_once(
    bank: responses.RequestsMock, upstream: Upstream, status: int
) -> None:
    bank.post(HOLDS, json={"code": "x"}, status=status, headers={"Location": f"{BASE}/elsewhere"})

    with pytest.raises(Unavailable):
        upstream.call("POST", "/holds", {}, operation="hold")

    assert len(bank.calls) == 1


@pytest.mark.parametrize(
    "broken", [requests.ReadTimeout(), requests.ConnectTimeout(), requests.ConnectionError()]
)
def test_broken_connection_is_unknown_and_asked_once(
    bank: responses.RequestsMock, upstream: Upstream, broken: Exception
) -> None:
    bank.post(HOLDS, body=broken)

    with pytest.raises(Unavailable):
        upstream.call("POST", "/holds", {}, operation="hold")

    assert len(bank.calls) == 1


@pytest.mark.parametrize("status", [200, 404])
@pytest.mark.parametrize("body", ["<html>", '{"state": ', "[]", '"held"', "null", b"\xff\xfe"])
def test_answer_that_is_no_json_object_is_unknown(
    bank: responses.RequestsMock, upstream: Upstream, status: int, body: Any
) -> None:
    bank.post(HOLDS, body=body, status=status)

    with pytest.raises(Unavailable):
        upstream.call("POST", "/holds", {}, operation="hold")


def test_call_waits_no_longer_than_its_own_time_out(
    bank: responses.RequestsMock, upstream: Upstream
) -> None:
    bank.get(HOLDS, json={}, match=[matchers.request_kwargs_matcher({"timeout": (1.0, 4)})])

    upstream.call("GET", "/holds", operation="hold")


def test_call_ends_three_seconds_before_the_invocation(
    bank: responses.RequestsMock, upstream: Upstream
) -> None:
    bank.get(HOLDS, json={})
    trace.begin(None, Ending(3.5))

    upstream.call("GET", "/holds", operation="hold")

    connect_s, read_s = bank.calls[0].request.req_kwargs["timeout"]  # type: ignore[attr-defined]
    assert connect_s <= read_s <= 0.5


def test_call_without_time_left_is_not_made(
    bank: responses.RequestsMock, upstream: Upstream
) -> None:
    trace.begin(None, Ending(2.9))

    with pytest.raises(Unavailable):
        upstream.call("POST", "/holds", {}, operation="hold")

    assert len(bank.calls) == 0


def test_log_of_an_unknown_outcome_names_system_and_reason_only(
    bank: responses.RequestsMock, upstream: Upstream, log_lines: Lines
) -> None:
    bank.post(HOLDS, body=requests.ReadTimeout("card 4111"))

    with pytest.raises(Unavailable):
        upstream.call("POST", "/holds", {"card": "4111"}, operation="hold")

    [line] = log_lines()
    assert (line["system"], line["operation"], line["reason"]) == ("bank", "hold", "ReadTimeout")
    assert "4111" not in str(line)


@pytest.mark.parametrize(
    ("status", "result"), [(200, "ok"), (422, "refused"), (503, "unknown"), (302, "unknown")]
)
def test_call_is_counted_by_system_operation_and_result(
    bank: responses.RequestsMock,
    upstream: Upstream,
    monkeypatch: pytest.MonkeyPatch,
    status: int,
    result: str,
) -> None:
    counted: list[tuple[str, dict[str, str]]] = []
    monkeypatch.setattr(metrics, "count", lambda name, **by: counted.append((name, by)))
    bank.post(HOLDS, json={}, status=status)

    with suppress(Unavailable, UpstreamRefused):
        upstream.call("POST", "/holds", {}, operation="hold")

    assert counted == [("ExternalCall", {"System": "bank", "Operation": "hold", "Result": result})]


def test_somebody_elses_protocol_goes_and_comes_as_bytes(
    bank: responses.RequestsMock, upstream: Upstream
) -> None:
    sent = {"Content-Type": "text/xml"}
    wanted = [matchers.header_matcher(sent)]
    bank.post(HOLDS, body=b"<answer/>", match=wanted)

    told = upstream.send("POST", "/holds", b"<ask/>", sent, operation="hold")

    assert told == (200, b"<answer/>")
    assert bank.calls[0].request.body == b"<ask/>"


@pytest.mark.parametrize("status", [400, 401, 404])
def test_a_4xx_of_somebody_elses_protocol_is_an_answer(
    bank: responses.RequestsMock, upstream: Upstream, status: int
) -> None:
    bank.get(HOLDS, body=b"no", status=status)

    assert upstream.send("GET", "/holds", b"", {}, operation="hold") == (status, b"no")


@pytest.mark.parametrize("status", [302, 408, 429, 500, 503])
def test_any_other_status_of_it_is_unknown(
    bank: responses.RequestsMock, upstream: Upstream, status: int
) -> None:
    bank.get(HOLDS, body=b"later", status=status)

    with pytest.raises(Unavailable):
        upstream.send("GET", "/holds", b"", {}, operation="hold")
