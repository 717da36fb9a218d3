"""The bugs of RELIABILITY appendix C, each as a change of the code while a test runs."""

import json
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
from pynamodb.connection import Connection
from pynamodb.transactions import TransactWrite

from qr_orders import store as order_store
from qr_orders.clients import GuestNotifier
from qr_orders.model import Order, Partner, Payment
from qr_orders.model.invoice import Change
from qr_orders.schema.create import Create
from qr_orders.store import OrderStore
from qr_orders.tables import OrderRow
from qr_orders.use_cases import arming, orders
from qr_orders.use_cases.callbacks import Callbacks
from qr_orders.use_cases.payments import Payments, StartPayment
from shared import aws, store, upstream
from shared.ids import new_token
from shared.tasks import TaskRow, Tasks, Ticket
from shared.upstream import Upstream, UpstreamRefused
from tests.support.town import Town


def no_version(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(
        order_store,
        "_unchanged",
        lambda before: (
            (OrderRow.payment_status == before.payment.value)
            & (OrderRow.partner_status == before.partner.value)
        ),
    )


def no_state(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(order_store, "_unchanged", lambda before: OrderRow.rev == before.rev)


def no_version_no_state(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(order_store, "_unchanged", lambda _before: OrderRow.rev >= 1)


def journal_overwritten(patch: pytest.MonkeyPatch) -> None:
    def put(self: store.Transaction, row: store.Row, label: str, condition: Any = None) -> None:
        self._puts.append((label, lambda write: write.save(row)))

    patch.setattr(store.Transaction, "put", put)


def many_commits(patch: pytest.MonkeyPatch) -> None:
    def write(transaction: store.Transaction, _token: str) -> None:
        for _label, add in transaction.writes():
            connection = Connection()
            connection._client = aws.client("dynamodb")
            with TransactWrite(connection=connection, client_request_token=new_token()) as one:
                add(one)

    patch.setattr(store, "_write", write)


class _Ended(Ticket):
    """A ticket whose row is gone already."""

    def done(self, transaction: store.Transaction) -> None:
        self.ended = True

    def again(self, transaction: store.Transaction, due_at: datetime, payload: Any = None) -> None:
        kept = self.payload if payload is None else payload
        self._tasks.arm(transaction, self.task_id, kept, due_at)
        self.ended = True


def ended_before_the_work(patch: pytest.MonkeyPatch) -> None:
    take = Tasks.take

    def take_and_end(self: Tasks, task_id: str, attempts_max: int | None) -> Ticket | None:
        ticket = take(self, task_id, attempts_max)
        if ticket is None:
            return None
        ticket.finish()
        return _Ended(task_id, ticket.payload, ticket.attempts, ticket.token, self)

    patch.setattr(Tasks, "take", take_and_end)


def claimed_after_the_call(patch: pytest.MonkeyPatch) -> None:
    claim = Payments._claim

    def call_first(self: Payments, order: Order, wish: StartPayment, now: datetime) -> Any:
        to_be = replace(order, attempt=order.attempt + 1, user_id=wish.user_id, method=wish.method)
        items = self.store.basket(order).items
        self.engine.create(to_be)
        self.engine.update(
            Change(order.order_id, to_be.invoice_id, 1, now, "", "payment", items, order.total)
        )
        return claim(self, order, wish, now)

    patch.setattr(Payments, "_claim", call_first)


def key_from_the_whole_body(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(
        orders, "_external", lambda draft: f"{draft.partner_id}#{draft.version}#{draft.digest}"
    )


def no_body_hash(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Create, "_digest", lambda _self: "same")


def new_operation_on_retry(patch: pytest.MonkeyPatch) -> None:
    made = property(lambda change: f"{change.invoice_id}-u{change.version}-{new_token()}")
    patch.setattr(Change, "operation_id", made)


def same_invoice_after_refusal(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Order, "invoice_id", property(lambda order: f"{order.order_id}-1"))


def time_out_is_failure(patch: pytest.MonkeyPatch) -> None:
    def refused(self: Upstream, _operation: str, reason: str) -> UpstreamRefused:
        return UpstreamRefused(self.system, 408, reason, {})

    patch.setattr(Upstream, "_unknown", refused)


def server_error_is_failure(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(upstream, "_KNOWN", upstream._KNOWN | set(range(500, 600)))


def acknowledged_first(patch: pytest.MonkeyPatch) -> None:
    handle = Town.handle

    def acknowledge_then_handle(self: Town, name: str, message: dict[str, Any]) -> None:
        self.acknowledge(name, message)
        with pytest.MonkeyPatch.context() as inner:
            inner.setattr(Town, "acknowledge", lambda *_: None)
            handle(self, name, message)

    patch.setattr(Town, "handle", acknowledge_then_handle)


def unknown_is_fine(patch: pytest.MonkeyPatch) -> None:
    poke = Callbacks._poke

    def always(self: Callbacks, *arguments: Any) -> bool:
        poke(self, *arguments)
        return True

    patch.setattr(Callbacks, "_poke", always)


def no_task_row(patch: pytest.MonkeyPatch) -> None:
    def only_wake(
        self: Tasks, transaction: store.Transaction, task_id: str, due_at: datetime, **_: Any
    ) -> None:
        transaction.after_commit.append(lambda: self.wake(task_id, due_at))

    patch.setattr(Tasks, "set_row", only_wake)


def marked_before_sent(patch: pytest.MonkeyPatch) -> None:
    send = Tasks._send

    def mark_then_send(self: Tasks, name: str, rows: list[Any]) -> int:
        for due_at, task_id in rows:
            TaskRow(task_id).update(actions=[TaskRow.due_at.set(due_at + 10**9)])
        return send(self, name, rows)

    patch.setattr(Tasks, "_send", mark_then_send)


def news_without_key(patch: pytest.MonkeyPatch) -> None:
    notify = GuestNotifier.notify

    def notify_anew(self: GuestNotifier, key: str, *rest: Any) -> None:
        notify(self, f"{key}:{new_token()}", *rest)

    patch.setattr(GuestNotifier, "notify", notify_anew)


def no_sweeper(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Tasks, "_top_up", lambda *_: 0)


def no_lease(patch: pytest.MonkeyPatch) -> None:
    def look(self: Tasks, task_id: str, _attempts_max: int | None) -> Ticket | None:
        row = TaskRow.find(task_id)
        if row is None:
            return None
        return Ticket(task_id, json.loads(row.payload), row.attempts, row.token, self)

    patch.setattr(Tasks, "take", look)


def no_fence(patch: pytest.MonkeyPatch) -> None:
    def done(self: Ticket, transaction: store.Transaction) -> None:
        transaction.delete(TaskRow(self.task_id), self.task_id, TaskRow.token >= "")
        self.ended = True

    def end(self: Tasks, transaction: store.Transaction, ticket: Ticket, *rest: Any) -> None:
        due_at, attempts, *given = rest
        payload = given[0] if given else None
        kept = ticket.payload if payload is None else payload
        self.set_row(
            transaction, ticket.task_id, due_at, attempts=attempts, payload=kept, condition=None
        )

    patch.setattr(Ticket, "done", done)
    patch.setattr(Tasks, "end", end)


def swept_away_is_expired(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Order, "is_expired", lambda order, _now: order.payment is Payment.EXPIRED)


def no_expiry_in_the_condition(patch: pytest.MonkeyPatch) -> None:
    bounds = order_store._bounds
    patch.setattr(order_store, "_bounds", lambda before, after, _at: bounds(before, after, None))


def content_applied(patch: pytest.MonkeyPatch) -> None:
    """News of an old attempt says "hold_failed", and that is believed."""
    poke = Callbacks._poke

    def apply(
        self: Callbacks, transaction: store.Transaction, invoice_id: str, now: datetime
    ) -> bool:
        order = self.store.find(invoice_id.rpartition("-")[0])
        if order is None or order.invoice_id == invoice_id:
            return poke(self, transaction, invoice_id, now)
        said = replace(order, payment=Payment.HOLD_FAILED, rev=order.rev + 1)
        self.store.move(transaction, order, said, "told", "engine")
        return True

    patch.setattr(Callbacks, "_poke", apply)


def any_partner_move(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(orders, "PARTNER_MOVES", dict.fromkeys(Partner, frozenset(Partner)))
    patch.setattr(
        orders, "_after", lambda order, to, _now: replace(order, partner=to, rev=order.rev + 1)
    )


def first_basket(patch: pytest.MonkeyPatch) -> None:
    basket = OrderStore.basket
    patch.setattr(OrderStore, "basket", lambda self, order: basket(self, replace(order, version=1)))


def no_cancel_task(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(arming, "arm_cancel", lambda *_: None)


def failures_hidden(patch: pytest.MonkeyPatch) -> None:
    run = Town.run

    def run_quietly(self: Town, service: str, function: str, payload: dict[str, Any]) -> Any:
        answer = run(self, service, function, payload)
        return {"batchItemFailures": []} if function.startswith("tasks.") else answer

    patch.setattr(Town, "run", run_quietly)


def eventual_reads(patch: pytest.MonkeyPatch) -> None:
    get = store.Row.get.__func__  # type: ignore[attr-defined]
    patch.setattr(
        store.Row,
        "get",
        classmethod(lambda cls, key, other=None, **_: get(cls, key, other, consistent_read=False)),
    )


def silence_of_the_index(patch: pytest.MonkeyPatch) -> None:
    """The page of silent orders is believed, whatever the row says by now."""
    patch.setattr(orders, "_require_silent", lambda *_: None)


def mark_not_in_the_condition(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(orders, "not_polled_since", lambda _order: OrderRow.rev >= 1)
