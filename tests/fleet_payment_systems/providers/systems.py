"""Every profile of every registered provider, from the samples module of its code."""

import importlib
from typing import Final
from xml.etree.ElementTree import ParseError

from fleet_payment_systems.providers.base import WireReply
from fleet_payment_systems.providers.registry import ALL
from tests.fleet_payment_systems.providers.support import Answer, System

_SAMPLES: Final = "tests.fleet_payment_systems.providers.samples"
SYSTEMS: Final[tuple[System, ...]] = tuple(
    system
    for provider in ALL
    for system in importlib.import_module(f"{_SAMPLES}.{provider.spec.code}").SYSTEMS
)


def read_by_any(system: System, reply: WireReply) -> Answer:
    """An answer to a bad link, whose wallet, and so its profile, nobody knows."""
    problems: list[Exception] = []
    for each in SYSTEMS:
        if each.provider.spec.code == system.provider.spec.code:
            try:
                return each.read(reply)
            except (AssertionError, ParseError, ValueError, KeyError) as problem:
                problems.append(problem)
    raise ExceptionGroup("no profile reads it", problems)
