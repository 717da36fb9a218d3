"""`make demo`: guests pay bills by QR, payment systems pay drivers, scooters take
deposits, end to end, on this machine.

Real HTTP, real queues, the templates that go to AWS, enforced IAM. Each step prints what happened;
the first difference between what is and what should be ends it with a non-zero code.
"""

import sys
import time
from typing import NoReturn

from local import (
    bill_scene,
    desk_scene,
    neighbourhood,
    office,
    park_scene,
    refund_scene,
    scenes,
    scooter_scene,
    time_scenes,
)
from local.actors import Json
from local.narration import same, say, step
from local.running import running
from local.stack import Stack


def play(stack: Stack, facts: Json) -> None:
    place = scenes.place_of(stack, facts)
    first = scenes.bill_is_paid(place)
    scenes.order_is_closed(place, first)
    scenes.receipt_is_given(place, first)
    second = scenes.card_is_declined(place)
    third = scenes.two_guests_pay_at_once(place)
    scenes.order_is_cancelled(place, third)
    scenes.history_is_shown(place, [first, second])
    office.order_is_looked_up(place, first)
    refund_scene.money_is_refunded(place, second)
    neighbourhood.restaurants_are_near(place)
    time_scenes.time_runs_out(place)
    park_scene.drivers_are_paid(place)
    bill_scene.driver_pays_himself(place)
    desk_scene.drivers_buy(place)
    scooter_scene.deposits_are_held(place)
    step("At the end the till polls")
    for order_id, status in (
        (first, "CLOSED"),
        (second, "PARTIALLY_REFUNDED"),
        (third, "CANCELLED"),
    ):
        same(order_id, place.till.status(order_id), status)


def fail(stack: Stack, problem: Exception) -> NoReturn:
    sys.stderr.write(f"\nThe demo failed: {problem}\n\n{stack.problems()}\n")
    raise SystemExit(1)


def main() -> None:
    started = time.monotonic()
    with running() as (stack, facts):
        say(f"the stack runs at {stack.endpoint_url}, {time.monotonic() - started:.1f} s")
        try:
            play(stack, facts)
        except Exception as problem:
            fail(stack, problem)
    sys.stdout.write(f"\nAll as it should be, in {time.monotonic() - started:.1f} s.\n")


if __name__ == "__main__":
    main()
