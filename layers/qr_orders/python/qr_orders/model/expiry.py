"""How an order's time ends it, and who may say what of an order (A.2.3, decision 8). No IO."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Final

from qr_orders.model import IN_FLIGHT, PAYABLE, STILL_OPEN, Order, Partner, Payment


class Source(StrEnum):
    POS = "pos"
    ACTIVITY_CHECK = "activity_check"
    EXPIRY = "expiry"
    ADMIN = "admin"


class OnExpireHeld(StrEnum):
    """What becomes of held money when the order's time is over, by the partner's settings (X2)."""

    CANCEL = "cancel"
    CLOSE = "close"
    ALERT_ONLY = "alert_only"


_BY_HAND: Final = frozenset({Partner.CONFIRMED, Partner.CLOSED, Partner.CANCELLED})
_TIME_IS_UP: Final = frozenset({Partner.EXPIRED})
MAY_SAY: Final[Mapping[Source, frozenset[Partner]]] = {
    Source.POS: _BY_HAND,
    Source.ACTIVITY_CHECK: _TIME_IS_UP,
    Source.EXPIRY: _TIME_IS_UP,
    Source.ADMIN: _BY_HAND | _TIME_IS_UP,
}


def may_expire(order: Order) -> bool:
    """Whether its time to live still means anything: else it ended, or the money has gone on."""
    waiting = order.payment in PAYABLE or order.payment in IN_FLIGHT
    return order.partner in STILL_OPEN and (waiting or order.payment is Payment.HELD)


def expired(order: Order, now: datetime, on_held: OnExpireHeld) -> Order | None:
    """The order after its time; None when it stays: in payment, or held and to be kept (X2)."""
    if order.payment in PAYABLE:
        return order.moved(now, Payment.EXPIRED, Partner.EXPIRED)
    if order.payment is Payment.HELD and on_held is OnExpireHeld.CANCEL:
        return order.moved(now, Payment.CANCELLING, Partner.EXPIRED)
    if order.payment is Payment.HELD and on_held is OnExpireHeld.CLOSE:
        return order.moved(now, Payment.CLEARING, Partner.CLOSED)
    return None
