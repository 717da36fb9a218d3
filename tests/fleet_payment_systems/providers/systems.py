"""Every profile of every registered provider, from the samples module of its code."""

import importlib
from typing import Final

from fleet_payment_systems.providers.registry import ALL
from tests.fleet_payment_systems.providers.support import System

_SAMPLES: Final = "tests.fleet_payment_systems.providers.samples"
SYSTEMS: Final[tuple[System, ...]] = tuple(
    system
    for provider in ALL
    for system in importlib.import_module(f"{_SAMPLES}.{provider.spec.code}").SYSTEMS
)
