"""Generated hostile inputs: mutated samples and plain bytes, a thousand a protocol and more."""

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fleet_payment_systems.operations import Pay
from fleet_payment_systems.providers.base import WireRequest
from tests.fleet_payment_systems.providers.engine import DRIVERS, Engine
from tests.fleet_payment_systems.providers.hostile import ACCOUNTS, DATES, IDS, NUMBERS
from tests.fleet_payment_systems.providers.support import CANARY, EXAMPLES, System, exchange
from tests.fleet_payment_systems.providers.systems import SYSTEMS, read_by_any

EVERY_SYSTEM = pytest.mark.parametrize("system", SYSTEMS, ids=lambda system: system.name)
SIZE: Final = 1 << 16
Change = tuple[int, int, int]
CHANGES = st.lists(st.tuples(*[st.integers(0, SIZE)] * 3), min_size=1, max_size=5)
JUNK: Final = (
    *(NUMBERS + DATES + IDS + tuple(each[:60] for each in ACCOUNTS)),
    *("&", "=", "%", "%00", "%ff", "+", ";", "\x00", "\ufffd", "<", ">", "]]>", "<!--", "-->"),
    *("<!DOCTYPE a>", "&amp;", "&#0;", "&x;", "<a/>", "{", "}", "[", "]", ",", ":", '"', "\\ud800"),
    *("null", "true", "1.5", "100245", "100042", "25000", "250.00", "command=pay", "a" * 70_000),
)
# What a mutation keeps whole: a name, a number, a tag, a delimiter.
_TOKEN: Final = re.compile(r"<[^>]*>|\"[^\"]*\"|[A-Za-z_]+|[0-9.]+|.", re.DOTALL)


def bounded(examples: int) -> settings:
    checks = [HealthCheck.too_slow, HealthCheck.data_too_large]
    return settings(
        max_examples=examples,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=checks,
    )


def mutated(text: str, changes: Sequence[Change]) -> str:
    tokens = _TOKEN.findall(text)
    for kind, place, what in changes:
        if tokens:
            junk = JUNK[what % len(JUNK)]
            CHANGED[kind % len(CHANGED)](tokens, place % len(tokens), what % len(tokens), junk)
    return "".join(tokens)


def replaced(tokens: list[str], at: int, _to: int, junk: str) -> None:
    tokens[at] = junk


def inserted(tokens: list[str], at: int, _to: int, junk: str) -> None:
    tokens.insert(at, junk)


def dropped(tokens: list[str], at: int, to: int, _junk: str) -> None:
    del tokens[at : at + 1 + to % 6]


def swapped(tokens: list[str], at: int, to: int, _junk: str) -> None:
    tokens[at], tokens[to] = tokens[to], tokens[at]


def repeated(tokens: list[str], at: int, to: int, _junk: str) -> None:
    """A whole stretch again, as an element or a parameter that comes twice."""
    low, high = sorted((at, to))
    tokens[high:high] = tokens[low:high]


def moved(tokens: list[str], at: int, to: int, _junk: str) -> None:
    tokens.insert(to, tokens[at])


def cut(tokens: list[str], at: int, _to: int, _junk: str) -> None:
    del tokens[at:]


CHANGED: Final = (replaced, inserted, dropped, swapped, repeated, moved, cut)


def requests_of(system: System) -> list[WireRequest]:
    """Payments twice: they are what matters most."""
    pay = system.pay(system.txn, next(iter(DRIVERS)), 25000)
    asked = [make(system.txn) for make in system.asks.values()]
    return [pay, pay, system.check(next(iter(DRIVERS))), *asked]


def expect_a_safe_answer(system: System, request: WireRequest) -> None:
    found = exchange(system.provider, system.account, request, Engine())
    system.read(found.reply)
    assert CANARY.encode() not in found.reply.body
    if isinstance(found.operation, Pay):
        pay = found.operation
        assert system.strict(request) == (pay.txn, pay.account, pay.amount.minor)
    read_by_any(system, exchange(system.provider, None, request, Engine()).reply)


@EVERY_SYSTEM
def test_a_mutated_request_is_answered_and_pays_only_what_it_says(system: System) -> None:
    samples = requests_of(system)

    @bounded(EXAMPLES)
    @given(st.integers(0, SIZE), st.booleans(), CHANGES)
    def prove(which: int, signed: bool, changes: list[Change]) -> None:
        sample = samples[which % len(samples)]
        query = mutated(sample.raw_query, changes)
        body = mutated(sample.body.decode(), changes).encode("utf-8", "surrogatepass")
        request = replace(sample, raw_query=query, body=body if sample.body else b"")
        expect_a_safe_answer(system, system.sign(request) if signed else request)

    prove()


@EVERY_SYSTEM
def test_any_bytes_are_answered_and_pay_nobody(system: System) -> None:
    sample = requests_of(system)[0]

    @bounded(EXAMPLES // 10)
    @given(st.binary(max_size=200), st.sampled_from(["GET", "POST", "PUT"]))
    def prove(raw: bytes, method: str) -> None:
        query = raw.decode("latin-1")
        expect_a_safe_answer(system, replace(sample, method=method, raw_query=query, body=raw))

    prove()
