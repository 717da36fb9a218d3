"""The parts that the proofs share: callers who insist, a town that is warm, crashes everywhere."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

from tests.support import calls
from tests.support.atomic_moto import Snapshot
from tests.support.crash import KINDS, enumerate_crashes, every_call, first_and_last
from tests.support.faults import Crash, Fault
from tests.support.orders import close, open_order, pay, payment_of
from tests.support.town import Town, town

ALL: Final = os.environ.get("PROOFS") == "all"
QUICK_KINDS: Final = (Fault.BEFORE, Fault.AFTER, Fault.LOST_ANSWER_FINAL)
ALL_KINDS: Final = (*KINDS, Fault.LOST_ANSWER_FINAL)


@contextmanager
def warm_town() -> Iterator[Town]:
    """A town in which every module, client and cache of the order flows has been used once."""
    with town(EdaReceiptDelaySec="8", ReceiptPollPeriodSec="5") as found:
        play(found, open_order(found, external_order_id="warm-up"))
        yield found


def play(found: Town, order_id: str) -> None:
    """The whole flow without a fault."""
    assert pay(found, order_id)[0] == 200
    found.settle()
    assert close(found, order_id)[0] == 200
    found.settle(rounds=16)
    assert payment_of(found, order_id) == "cleared"
    other = open_order(found, external_order_id="warm-up-2")
    assert pay(found, other)[0] == 200
    assert close(found, other, "cancelled")[0] == 200
    found.settle(rounds=16)
    assert payment_of(found, other) == "cancelled"
    found.hear()
    found.settle(rounds=2)
    found.sweep()


def insist(request: Callable[[], tuple[int, object]], wanted: int = 200) -> None:
    """A caller who repeats until it is answered; a crashed Lambda is a 500 of the gateway."""
    for _ in range(3):
        try:
            with calls.process():
                status, body = request()
        except Crash:
            continue
        if status == wanted:
            return
        assert status >= 500, body
    raise AssertionError("never answered")


def crash_everywhere(
    found: Town,
    start: Snapshot,
    flow: Callable[[], object],
    recover: Callable[[], object],
    check: Callable[[], object],
) -> None:
    """A crash before or after every call of `flow`, and every answer lost for good.

    Of a poll's calls it takes the first and the last. `make test-proofs` has all of them, and each
    answer lost once and each call throttled once, which the SDK's own retries should hide.
    """
    report = enumerate_crashes(
        flow,
        prepare=lambda: found.aws.restore(start),
        recover=recover,
        check=check,
        kinds=ALL_KINDS if ALL else QUICK_KINDS,
        chosen=every_call if ALL else first_and_last,
    )
    assert report.cases > 0
