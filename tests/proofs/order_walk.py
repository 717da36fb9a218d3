"""Runs of the order machine: which rules, how often, with what, from one seed each.

The steps follow from the seed alone. Hypothesis, too, could choose them, but it switches rules off
by the run and so reaches the rare states by luck; its shrinking would take minutes here.
"""

from collections.abc import Mapping, Sequence
from random import Random
from typing import Any, Final

from tests.proofs.order_acts import Base
from tests.proofs.order_machine import KINDS, ORDERS_MAX, SYSTEMS, OrderMachine

STEPS_A_RUN: Final = 50
CARDS: Final = (
    *("card-ok", "card-callback-dup", "card-callback-lost", "card-callback-reorder"),
    *("card-slow-65", "card-clear-fails-2x", "card-refund-fails-2x"),
)
BAD_CARDS: Final = ("card-insufficient", "card-fraud", "card-3ds")
ORDERS: Final = range(ORDERS_MAX)
# Sums about what a dish costs and what is left of it after other refunds.
SIZES: Final = (1, 2, 3, 86, 33333, 40000, 77000, 80000, 99999)
# How often a rule is taken, its name and what its arguments are drawn from.
RULES: Final[tuple[tuple[int, str, Mapping[str, Sequence[Any]]], ...]] = (
    (2, "open", {"policy": ("cancel", "close")}),
    (2, "replace", {"which": ORDERS}),
    (4, "pay", {"which": ORDERS, "guest": "ab", "card": CARDS}),
    (3, "pay_in_vain", {"which": ORDERS, "card": BAD_CARDS}),
    (2, "pay_again", {"which": ORDERS}),
    (1, "confirm_3ds", {"which": ORDERS}),
    (
        4,
        "say",
        {
            "which": ORDERS,
            "status": ("closed", "closed", "cancelled", "expired"),
            "admin": (True, False),
        },
    ),
    (
        6,
        "refund",
        {
            "which": ORDERS,
            "number": (1, 2, 3, 4),
            "dish": "12",
            "kind": ("quantity", "quantity", "amount", "amount", "amount", "full"),
            "size": SIZES,
        },
    ),
    (3, "refund_again", {"which": ORDERS, "number": (0, 1)}),
    (
        6,
        "two_at_once",
        {"which": ORDERS, "first": range(8), "second": range(8), "at": range(1, 13)},
    ),
    (1, "poll", {"which": ORDERS}),
    (1, "check_silence", {}),
    (8, "deliver", {"which": range(12), "many": (1, 2, 3, 6)}),
    (6, "go_on", {"seconds": (1, 3)}),
    (2, "reorder_messages", {"seed": range(100)}),
    (2, "repeat_messages", {}),
    (1, "lose_messages", {}),
    (2, "break_outside", {"system": SYSTEMS, "count": (1, 2)}),
    (4, "bad_luck", {"at": range(1, 26), "fault": KINDS}),
    (3, "wait", {"seconds": (1, 20, 20, 90, 310, 700)}),
    (3, "sweep", {}),
)


def walk(base: Base, seed: int) -> None:
    """One run of so many steps to its end; what fails in it tells the seed and the steps."""
    random = Random(seed)
    machine = OrderMachine(base)
    taken = []
    weights = [weight for weight, _, _ in RULES]
    try:
        for _ in range(STEPS_A_RUN):
            ((_, name, drawn),) = random.choices(RULES, weights)
            arguments = {each: random.choice(some) for each, some in drawn.items()}
            taken.append(f"machine.{name}(**{arguments})")
            getattr(machine, name)(**arguments)
            machine.check()
        machine.end()
    except Exception as error:
        error.add_note("\n".join([f"walk(base, seed={seed}) after", *taken]))
        raise
