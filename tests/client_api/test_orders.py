"""POST /4.0/payments/v1/orders."""

import pytest

from client_api.model import MethodKey, Order, Payment, PaymentMethod, PaymentStatus
from client_api.use_cases import Payments
from shared.errors import AppError, Conflict, Gone, Refused, Unavailable
from tests.client_api.fakes import (
    CARD,
    ORDER_ID,
    PAYER,
    STRANGER,
    FakeMethods,
    FakeOrders,
    Guests,
    method,
    order,
    paid_order,
)
from tests.support.aws_world import World

BODY = {
    "order_id": ORDER_ID,
    "version": 1,
    "total": "1570.00",
    "payment_method": {"type": "card", "id": "card-ok"},
}
KEYED = {"Idempotency-Key": "key-1"}


@pytest.fixture
def orders() -> FakeOrders:
    return FakeOrders(order())


@pytest.fixture
def methods() -> FakeMethods:
    return FakeMethods((method(),))


@pytest.fixture
def guests(
    world: World, monkeypatch: pytest.MonkeyPatch, orders: FakeOrders, methods: FakeMethods
) -> Guests:
    module = world.load("client_api", "orders")
    monkeypatch.setattr(module, "payments", Payments(orders, methods, "pay.example"))
    return Guests(world, module, "/4.0/payments/v1/orders")


def test_payment_starts_with_what_the_guest_saw(guests: Guests, orders: FakeOrders) -> None:
    answer = guests.call(BODY, headers={**KEYED, "Accept-Language": "en-GB"})

    assert answer == (
        200,
        {"order_id": ORDER_ID, "status": "processing", "retry_after_ms": 700},
    )
    assert orders.started == [
        Payment(ORDER_ID, PAYER, CARD, 1, "1570.00", "key-1", "127.0.0.1", "en")
    ]


def test_payer_is_who_signed_in_whatever_the_body_says(guests: Guests, orders: FakeOrders) -> None:
    guests.call({**BODY, "user_id": STRANGER}, headers=KEYED)

    assert [payment.user_id for payment in orders.started] == [PAYER]


@pytest.mark.parametrize(
    ("headers", "code"),
    [
        ({}, "idempotency_key_required"),
        ({"Idempotency-Key": ""}, "idempotency_key_required"),
        ({"Idempotency-Key": "k" * 256}, "idempotency_key_invalid"),
        ({"Idempotency-Key": "ключ"}, "idempotency_key_invalid"),
        ({"Idempotency-Key": "a\tb"}, "idempotency_key_invalid"),
    ],
)
def test_payment_needs_a_readable_idempotency_key(
    guests: Guests, orders: FakeOrders, headers: dict[str, str], code: str
) -> None:
    status, body = guests.call(BODY, headers=headers)

    assert (status, body["code"], orders.started) == (400, code, [])


def test_longest_idempotency_key_is_taken(guests: Guests) -> None:
    status, _ = guests.call(BODY, headers={"Idempotency-Key": "k" * 255})

    assert status == 200


@pytest.mark.parametrize(
    "offered",
    [
        (),
        (method(available=False),),
        (method(hold=False),),
        (method(MethodKey("card", "another")),),
        (method(MethodKey("sbp", "card-ok")),),
    ],
)
def test_method_that_cannot_pay_now_starts_nothing(
    guests: Guests, orders: FakeOrders, methods: FakeMethods, offered: tuple[PaymentMethod, ...]
) -> None:
    methods.methods = offered

    status, body = guests.call(BODY, headers=KEYED)

    assert (status, body["code"]) == (422, "payment_method_unavailable")
    assert orders.started == []


def test_unknown_availability_starts_nothing(
    guests: Guests, orders: FakeOrders, methods: FakeMethods
) -> None:
    methods.refusal = Unavailable("payment_methods_unavailable")

    status, body = guests.call(BODY, headers=KEYED)

    assert (status, body["code"]) == (503, "payment_methods_unavailable")
    assert orders.started == []


@pytest.mark.parametrize(
    ("refusal", "status"),
    [
        (Conflict("order_changed", version=2, total="1600.00"), 409),
        (Conflict("already_paying"), 409),
        (Conflict("order_closed"), 409),
        (Conflict("order_already_paid"), 409),
        (Gone("order_expired"), 410),
        (Refused("idempotency_mismatch"), 422),
        (Unavailable("service_unavailable"), 503),
    ],
)
def test_refusal_of_start_payment_is_told(
    guests: Guests, orders: FakeOrders, refusal: AppError, status: int
) -> None:
    orders.refusal = refusal

    answered, body = guests.call(BODY, headers=KEYED)

    assert (answered, body["code"], body["details"]) == (status, refusal.code, refusal.details)


@pytest.mark.parametrize(
    ("found", "code"),
    [
        (paid_order(PaymentStatus.HOLDING), "already_paying"),
        (paid_order(PaymentStatus.CLEARED), "order_already_paid"),
        (order(overdue=True), "order_expired"),
    ],
)
def test_order_that_is_not_this_guests_to_pay_reaches_nobody(
    guests: Guests, orders: FakeOrders, methods: FakeMethods, found: Order, code: str
) -> None:
    orders.order = found

    _, body = guests.call(BODY, user_id=STRANGER, headers=KEYED)

    assert body["code"] == code
    assert (methods.asked, orders.started) == ([], [])


def test_repeat_of_a_running_payment_is_answered_though_its_method_is_gone(
    guests: Guests, orders: FakeOrders, methods: FakeMethods
) -> None:
    orders.order = paid_order(PaymentStatus.HOLDING)
    methods.methods = ()

    status, _ = guests.call(BODY, headers=KEYED)

    assert (status, methods.asked) == (200, [])


def test_failed_payment_may_be_tried_again_after_a_new_look_at_methods(
    guests: Guests, orders: FakeOrders, methods: FakeMethods
) -> None:
    orders.order = paid_order(PaymentStatus.HOLD_FAILED)

    status, _ = guests.call(BODY, headers=KEYED)

    assert (status, methods.asked) == (200, [PAYER])


def test_unknown_order_is_not_found(guests: Guests) -> None:
    status, body = guests.call({**BODY, "order_id": "no_such_order"}, headers=KEYED)

    assert (status, body["code"]) == (404, "order_not_found")


@pytest.mark.parametrize(
    "change",
    [
        {"total": 1570},
        {"total": "1570.001"},
        {"total": "-1"},
        {"version": "1"},
        {"version": True},
        {"version": 0},
        {"order_id": ""},
        {"payment_method": {"type": "card"}},
        {"payment_method": None},
    ],
)
def test_malformed_request_is_refused(guests: Guests, change: dict[str, object]) -> None:
    status, body = guests.call({**BODY, **change}, headers=KEYED)

    assert (status, body["code"]) == (400, "validation_failed")
