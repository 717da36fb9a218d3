"""Opening an order, reading it, and what the restaurant says of it (QO-01, 02, 05)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final

from qr_orders import store as labels
from qr_orders.activity_rows import not_polled_since
from qr_orders.model import (
    IN_FLIGHT,
    PARTNER_MOVES,
    PAYABLE,
    STILL_OPEN,
    UNWANTED,
    Basket,
    Draft,
    Order,
    Partner,
    Payment,
    Receipt,
)
from qr_orders.model.expiry import MAY_SAY, Source
from qr_orders.model.invoice import Change
from qr_orders.store import OrderStore
from qr_orders.use_cases.arming import arm_expiry, arm_money, disarm_expiry
from qr_orders.use_cases.expiry import Expiry
from shared.clock import Clock
from shared.errors import AppError, Conflict, NotFound, Refused, Unavailable
from shared.store import ConditionFailed, Transaction, commit
from shared.tasks import Tasks

_ROUNDS: Final = 5


@dataclass(frozen=True, slots=True)
class Details:
    """An order with everything that belongs to it."""

    order: Order
    basket: Basket
    changes: Sequence[Change]
    receipts: Sequence[Receipt]


@dataclass(frozen=True, slots=True)
class Said:
    """What somebody says of an order. `seen_at`: when the activity check saw its till last."""

    to: Partner
    source: Source
    reason: str = ""
    seen_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Orders:
    """`activity_timeout_s`: how long a till may be silent where its partner has no setting."""

    store: OrderStore
    tasks: Tasks
    clock: Clock
    new_id: Callable[[datetime], str]
    new_short_code: Callable[[], str]
    activity_timeout_s: int

    def create(self, draft: Draft) -> tuple[Order, bool]:
        """The order and whether it is new. The key is (partner, external id), decision 2.

        A repeat answers the same; a higher version of an unpaid order replaces the basket.
        Raises Conflict: idempotency_conflict, stale_version, payment_in_progress,
        order_already_paid, order_closed; Refused idempotency_mismatch (decision 18).
        """
        for _ in range(_ROUNDS):
            if repeated := self._repeated_request(draft):
                return repeated, False
            order_id = self.store.owner_of(labels.EXTERNAL, _external(draft))
            try:
                if order_id is None:
                    return self._open(draft), True
                return self._repeat(self.get(order_id), draft), False
            except ConditionFailed:
                continue
        raise Unavailable("contention")

    def _open(self, draft: Draft) -> Order:
        now = self.clock.now()
        order = Order(
            order_id=self.new_id(now),
            partner_id=draft.partner_id,
            group_id=draft.group_id,
            external_order_id=draft.external_order_id,
            short_code=self.new_short_code(),
            pos_system=draft.pos_system,
            version=draft.version,
            digest=draft.digest,
            total=draft.total,
            created_at=now,
            updated_at=now,
            expires_at=now + timedelta(seconds=draft.ttl_s),
            activity_timeout_s=self._activity_timeout_s(draft),
        )
        transaction = Transaction()
        self.store.add(transaction, order, "created", order.partner_id)
        self.store.add_basket(transaction, order, draft.basket)
        self.store.claim(transaction, labels.EXTERNAL, _external(draft), order.order_id)
        self.store.claim(transaction, labels.SHORT_CODE, order.short_code, order.order_id)
        self._claim_request(transaction, draft, order.order_id)
        arm_expiry(self.tasks, transaction, order.order_id, order.expires_at)
        commit(transaction)
        return order

    def _activity_timeout_s(self, draft: Draft) -> int:
        own = draft.activity_timeout_s
        return self.activity_timeout_s if own is None else own

    def _repeated_request(self, draft: Draft) -> Order | None:
        """The order that this Idempotency-Key has made, if it said the same then."""
        if not draft.request_key:
            return None
        order_id, digest = self.store.claimed(labels.REQUEST, _request(draft))
        if order_id is not None and digest != _said(draft):
            raise Refused("idempotency_mismatch")
        return None if order_id is None else self.get(order_id)

    def _claim_request(self, transaction: Transaction, draft: Draft, order_id: str) -> None:
        if draft.request_key:
            name, said = _request(draft), _said(draft)
            self.store.claim(transaction, labels.REQUEST, name, order_id, said)

    def _repeat(self, order: Order, draft: Draft) -> Order:
        if draft.version == order.version and draft.digest == order.digest:
            return order
        if draft.version == order.version:
            raise Conflict("idempotency_conflict", **order.public_state())
        if draft.version < order.version:
            raise Conflict("stale_version", **order.public_state())
        now = self.clock.now()
        _require_editable(order, now)
        expires_at = order.expires_at
        if draft.expires_in_s is not None:
            expires_at = now + timedelta(seconds=draft.expires_in_s)
        replaced = replace(
            order.moved(now, expires_at=expires_at),
            version=draft.version,
            digest=draft.digest,
            total=draft.total,
        )
        basket = replace(draft.basket, partner=self.store.basket(order).partner)
        transaction = Transaction()
        self.store.move(
            transaction, order, replaced, "basket_replaced", order.partner_id, payable_at=now
        )
        self.store.add_basket(transaction, replaced, basket)
        self._claim_request(transaction, draft, order.order_id)
        if draft.expires_in_s is not None:
            arm_expiry(self.tasks, transaction, order.order_id, expires_at)
        commit(transaction)
        return replaced

    def get(self, order_id: str) -> Order:
        """Raises NotFound order_not_found."""
        return self.store.get(order_id)

    def details(self, order_id: str = "", short_code: str = "") -> Details:
        """By id or by the short code of the QR. Raises NotFound order_not_found."""
        found = order_id or self.store.owner_of(labels.SHORT_CODE, short_code)
        if not found:
            raise NotFound("order_not_found")
        order = self.get(found)
        return Details(
            order=order,
            basket=self.store.basket(order),
            changes=self.store.changes(order.order_id),
            receipts=self.store.receipts(order.order_id),
        )

    def update_partner_status(self, order_id: str, partner_ids: Sequence[str], said: Said) -> Order:
        """What is said of an order (QO-05, A.2.3). The same status again changes nothing.

        Raises NotFound for a foreign order, Conflict: not_paid, payment_in_progress, order_active,
        order_not_expired, invalid_transition.
        """
        for _ in range(_ROUNDS):
            order = self.get(order_id)
            if order.partner_id not in partner_ids:
                raise NotFound("order_not_found")
            if order.partner is said.to:
                return order
            if said.to not in PARTNER_MOVES[order.partner] or said.to not in MAY_SAY[said.source]:
                raise Conflict("invalid_transition", **order.public_state())
            decide = self._expire if said.source is Source.EXPIRY else self._say
            try:
                return decide(order, said)
            except ConditionFailed:
                continue
        raise Unavailable("contention")

    def _say(self, order: Order, said: Said) -> Order:
        now = self.clock.now()
        after = _after(order, said.to, now)
        given: list[Any] = []
        if said.source is Source.ACTIVITY_CHECK:
            _require_silent(order, said, now)
            given.append(not_polled_since(order))
        transaction = Transaction()
        event, reason = f"partner_{said.to}", said.reason
        self.store.move(transaction, order, after, event, said.source, reason=reason, given=given)
        arm_money(self.tasks, transaction, after, now)
        if after.partner not in STILL_OPEN:
            disarm_expiry(self.tasks, transaction, order.order_id)
        commit(transaction)
        return after

    def _expire(self, order: Order, said: Said) -> Order:
        """Only the order's own time may move held money, as its partner has it (X2)."""
        now = self.clock.now()
        if order.expires_at > now:
            raise Conflict("order_not_expired", **order.public_state())
        transaction = Transaction()
        expiry = Expiry(self.store, self.tasks, self.clock)
        after = expiry.end(transaction, order, now, said.source, said.reason)
        if after is None:
            raise _too_early(order, said.to)
        disarm_expiry(self.tasks, transaction, order.order_id)
        commit(transaction)
        return after


def _require_silent(order: Order, said: Said, now: datetime) -> None:
    """By the order's own time-out, and nothing was heard of it since the check looked."""
    if not order.is_silent(now) or said.seen_at not in (None, order.seen_at):
        raise Conflict("order_active", **order.public_state())


def _after(order: Order, to: Partner, now: datetime) -> Order:
    match to, order.payment:
        case Partner.CLOSED, Payment.HELD:
            return order.moved(now, Payment.CLEARING, to)
        case Partner.CONFIRMED, Payment.HELD:
            return order.moved(now, partner=to)
        case Partner.CANCELLED, Payment.NEW | Payment.HOLD_FAILED:
            return order.moved(now, Payment.CANCELLED, to)
        case Partner.CANCELLED, Payment.INIT | Payment.HOLDING | Payment.HELD:
            return order.moved(now, Payment.CANCELLING, to)
        case Partner.EXPIRED, Payment.NEW | Payment.HOLD_FAILED:
            return order.moved(now, Payment.EXPIRED, to)
    raise _too_early(order, to)


def _too_early(order: Order, to: Partner) -> AppError:
    """Why the payment forbids the move: money on its way, money gone on, or none."""
    if order.payment in IN_FLIGHT or to is Partner.EXPIRED:
        code = "payment_in_progress"
    else:
        code = "invalid_transition" if to is Partner.CANCELLED else "not_paid"
    return Conflict(code, **order.public_state())


def _require_editable(order: Order, now: datetime) -> None:
    if order.payment in IN_FLIGHT:
        raise Conflict("payment_in_progress", **order.public_state())
    if order.payment not in UNWANTED:
        raise Conflict("order_already_paid", **order.public_state())
    if order.payment not in PAYABLE or order.partner not in STILL_OPEN or order.is_expired(now):
        raise Conflict("order_closed", **order.public_state())


def _request(draft: Draft) -> str:
    return f"{draft.partner_id}#{draft.request_key}"


def _said(draft: Draft) -> str:
    return f"{draft.version}#{draft.digest}"


def _external(draft: Draft) -> str:
    return f"{draft.partner_id}#{draft.external_order_id}"
