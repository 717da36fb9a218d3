"""Inputs that no payment system sends (RELIABILITY appendix D): refused, answered, never paid."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from fleet_payment_systems.operations import Outcome, Result
from fleet_payment_systems.providers.base import WireRequest
from tests.fleet_payment_systems.providers.engine import DRIVERS, Engine
from tests.fleet_payment_systems.providers.hostile import classes
from tests.fleet_payment_systems.providers.support import CANARY, System, exchange
from tests.fleet_payment_systems.providers.systems import SYSTEMS, read_by_any

EVERY_SYSTEM = pytest.mark.parametrize("system", SYSTEMS, ids=lambda system: system.name)
DRIVER = next(iter(DRIVERS))


def payment(system: System) -> WireRequest:
    return system.pay(system.txn, DRIVER, 25000)


def table() -> Iterator[object]:
    for system in SYSTEMS:
        for name, request in classes(payment(system), system.fields):
            yield pytest.param(system, name, request, id=f"{system.name}: {name}")


def taken(system: System, request: WireRequest) -> list[tuple[str, str, int]]:
    """What an engine takes of `request`. Asserts an answer of the protocol, without a secret."""
    engine = Engine()
    found = exchange(system.provider, system.account, request, engine)
    system.read(found.reply)
    assert CANARY.encode() not in found.reply.body
    later = Outcome(Result.TEMPORARY_ERROR)
    system.read(system.provider.encode(request, system.account, None, later, engine.now))
    read_by_any(system, system.provider.encode(request, None, None, later, engine.now))
    return [(each.txn, each.account, each.amount.minor) for each in engine.paid.values()]


@pytest.mark.parametrize(("system", "name", "request_"), list(table()))
def test_a_hostile_class_is_answered_and_pays_nobody(
    system: System, name: str, request_: WireRequest
) -> None:
    found = taken(system, system.sign(request_))
    # A date may be left out, or be of a form that is a guess: it never changes what is paid.
    about_the_date = len(system.fields) == 4 and name.startswith(system.fields[3])
    assert found == [] or (about_the_date and found == [(system.txn, DRIVER, 25000)])


@EVERY_SYSTEM
def test_a_request_cut_at_any_byte_pays_at_most_what_is_left_of_it(system: System) -> None:
    whole = payment(system)
    for length in range(len(whole.raw_query) + len(whole.body)):
        cut = replace(whole, raw_query=whole.raw_query[:length], body=whole.body[:length])
        found = taken(system, cut)
        assert found == [] or found == [system.strict(cut)]


@EVERY_SYSTEM
def test_a_byte_order_mark_changes_nothing_or_is_refused(system: System) -> None:
    request = payment(system)
    marked = replace(request, body=b"\xef\xbb\xbf" + request.body)
    assert taken(system, marked) in ([], [(system.txn, DRIVER, 25000)])


@EVERY_SYSTEM
def test_a_content_type_decides_nothing(system: System) -> None:
    request = payment(system)
    other = replace(request, headers={**request.headers, "content-type": "image/png"})
    assert taken(system, other) == [(system.txn, DRIVER, 25000)]


SIGNED = [system for system in SYSTEMS if "sign=" in payment(system).raw_query.lower()]


@pytest.mark.parametrize("system", SIGNED, ids=lambda system: system.name)
@pytest.mark.parametrize("change", ["", "absent", "short", "one off", "sha256", "twice"])
def test_a_signature_that_is_not_exactly_it_pays_nobody(system: System, change: str) -> None:
    request = payment(system)
    head, _, sign = request.raw_query.rpartition("=")
    name = head.rpartition("&")[2]
    query = {
        "": f"{head}=",
        "absent": head.rpartition("&")[0],
        "short": f"{head}={sign[:-1]}",
        "one off": f"{head}={sign[:-1]}{'0' if sign[-1] != '0' else '1'}",
        "sha256": f"{head}={sign * 2}",
        "twice": f"{request.raw_query}&{name}={sign}",
    }[change]
    assert taken(system, replace(request, raw_query=query)) == []
