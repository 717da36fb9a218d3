"""Each alarm of the tills' API: the situation that it is for."""

import json
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from typing import Final

from tests.alarms.aws_side import away
from tests.qr_partner_integration.fakes import SERVICE, Behind, behind
from tests.support.aws_world import World
from tests.support.intrinsics import ROOT

Place = tuple[World, Behind]


def opened() -> AbstractContextManager[Place]:
    return behind()


def reset(here: Place) -> None:
    """It keeps nothing."""


def limit_not_counted(here: Place) -> None:
    """The table of counts is away while a till opens an order."""
    world, _ = here
    module = world.load(SERVICE, "orders")
    text = (ROOT / f"events/{SERVICE}/orders.json").read_text("utf-8")
    with away():
        status, body = world.invoke(module, json.loads(text))
    assert status == 200, body


PROVOKE: Final[Mapping[str, Callable[[Place], None]]] = {
    "LimitNotCountedAlarm": limit_not_counted,
}
