"""Opening an order, reading it, and what the restaurant says of it (QO-01, 02, 05)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from qr_orders import store as labels
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
from qr_orders.model.invoice import Change
from qr_orders.store import OrderStore
from qr_orders.use_cases.arming import arm_cancel, arm_close, arm_watch
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
class Orders:
    store: OrderStore
    tasks: Tasks
    clock: Clock
    new_id: Callable[[datetime], str]
    new_short_code: Callable[[], str]

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
        )
        transaction = Transaction()
        self.store.add(transaction, order, "created", order.partner_id)
        self.store.add_basket(transaction, order, draft.basket)
        self.store.claim(transaction, labels.EXTERNAL, _external(draft), order.order_id)
        self.store.claim(transaction, labels.SHORT_CODE, order.short_code, order.order_id)
        self._claim_request(transaction, draft, order.order_id)
        commit(transaction)
        return order

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
        replaced = replace(
            order.moved(now), version=draft.version, digest=draft.digest, total=draft.total
        )
        basket = replace(draft.basket, partner=self.store.basket(order).partner)
        transaction = Transaction()
        self.store.move(
            transaction, order, replaced, "basket_replaced", order.partner_id, payable_at=now
        )
        self.store.add_basket(transaction, replaced, basket)
        self._claim_request(transaction, draft, order.order_id)
        commit(transaction)
        return replaced

    def get(self, order_id: str) -> Order:
        """Raises NotFound order_not_found."""
        order = self.store.find(order_id)
        if order is None:
            raise NotFound("order_not_found")
        return order

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

    def update_partner_status(
        self, order_id: str, partner_ids: Sequence[str], to: Partner, source: str, reason: str
    ) -> Order:
        """What the restaurant says (QO-05). The same status again changes nothing.

        Raises NotFound for a foreign order, Conflict: not_paid, payment_in_progress,
        invalid_transition.
        """
        for _ in range(_ROUNDS):
            order = self.get(order_id)
            if order.partner_id not in partner_ids:
                raise NotFound("order_not_found")
            if order.partner is to:
                return order
            after = self._after(order, to)
            transaction = Transaction()
            self.store.move(transaction, order, after, f"partner_{to}", source, reason=reason)
            self._follow(transaction, after)
            try:
                commit(transaction)
                return after
            except ConditionFailed:
                continue
        raise Unavailable("contention")

    def _follow(self, transaction: Transaction, order: Order) -> None:
        now = self.clock.now()
        if order.payment is Payment.CLEARING:
            arm_close(self.tasks, transaction, order.order_id, now)
        elif order.payment is Payment.CANCELLING:
            arm_cancel(self.tasks, transaction, order.order_id, order.invoice_id, now)
            arm_watch(self.tasks, transaction, order.order_id, now)

    def _after(self, order: Order, to: Partner) -> Order:
        now = self.clock.now()
        if to not in PARTNER_MOVES[order.partner]:
            raise Conflict("invalid_transition", **order.public_state())
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
