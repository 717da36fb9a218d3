"""Test cards: what the payment method's id alone makes transactions do (SPEC B.14)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

# How long a guest may take to confirm, before the hold fails as three_ds_failed.
THREE_DS_LIFE: Final = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Card:
    """`decline` is the code its holds fail with; `hold_s` how long they take, if not as usual.

    `failing_clears` and `failing_refunds` are how many of an invoice's fail, `hold_callback_late_s`
    is how much later than its truth the callback of the first hold comes.
    """

    decline: str = ""
    hold_s: int | None = None
    three_ds: bool = False
    failing_clears: int = 0
    failing_refunds: int = 0
    callback_copies: int = 1
    hold_callback_late_s: int = 0


CARDS: Final[Mapping[str, Card]] = {
    "card-ok": Card(),
    "card-slow-15": Card(hold_s=15),
    "card-slow-65": Card(hold_s=65),
    "card-insufficient": Card(decline="insufficient_funds"),
    "card-blocked": Card(decline="card_blocked"),
    "card-fraud": Card(decline="fraud_suspected"),
    "card-3ds": Card(three_ds=True),
    "card-clear-fails-2x": Card(failing_clears=2),
    "card-refund-fails-2x": Card(failing_refunds=2),
    "card-callback-lost": Card(callback_copies=0),
    "card-callback-dup": Card(callback_copies=2),
    "card-callback-reorder": Card(hold_callback_late_s=30),
}
_UNKNOWN: Final = Card(decline="do_not_honor")


def card_of(method_id: str) -> Card:
    """The card of that id; an unknown one is declined."""
    return CARDS.get(method_id, _UNKNOWN)
