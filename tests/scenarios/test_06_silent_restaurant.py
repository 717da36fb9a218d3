"""Scenario 6 of SPEC C.1: a silent restaurant's orders expire, but for one whose guest pays."""

from local import time_scenes
from local.scenes import Place


def test_a_silent_tills_order_expires_and_not_while_the_guest_pays(place: Place) -> None:
    time_scenes.time_runs_out(place)
