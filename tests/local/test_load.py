"""local.load: a terminal asks until it is paid, and what is printed of it."""

from datetime import UTC, datetime

import pytest
import requests

from local import load
from local.terminal import Terminal
from local.terminals import language
from local.terminals.words import Payment, Sent

PAYMENT = Payment("77", "100245", "150.00", datetime(2026, 1, 2, tzinfo=UTC))


def terminal(*results: str) -> Terminal:
    """One whose link answers with `results` in turn; "" is no answer at all."""
    left = list(results)

    def send(_link: str, _sent: Sent) -> tuple[int, str]:
        code = left.pop(0)
        if not code:
            raise requests.ReadTimeout
        return 200, f"<response><prv_txn>7</prv_txn><result>{code}</result></response>"

    return Terminal("link", language("qiwi_qvp", {}), "UTC", send)


def test_a_payment_is_repeated_until_it_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(load, "_PAUSE_S", 0)

    paid = load.pay(terminal("1", "", "0"), PAYMENT)

    assert (paid.number, paid.account) == ("7", "100245")
    assert (len(paid.latencies_s), paid.unanswered) == (2, 1)


def test_a_payment_that_is_never_taken_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(load, "_PAUSE_S", 0)
    monkeypatch.setattr(load, "_PATIENCE_S", 0.02)

    with pytest.raises(RuntimeError, match="never taken"):
        load.pay(terminal(*["1"] * 100_000), PAYMENT)


def test_figures_are_of_every_request_and_name_what_went_wrong() -> None:
    quick = [load.Paid(str(number), "1", (0.1,), 0.1, 0) for number in range(98)]
    slow = [load.Paid("98", "1", (0.2, 1.0), 1.7, 0), load.Paid("99", "1", (0.1,), 61.0, 1)]

    told = load.told([*quick, *slow])

    assert told.startswith("100 paid: p50 100 ms, p90 100 ms, p95 100 ms, p99 200 ms, max 1000 ms")
    assert told.endswith("told later 1 times, no answer 1 times, longest wait 61.0 s")
