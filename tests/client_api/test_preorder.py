"""POST /4.0/payments/v1/preorder."""

from collections.abc import Callable
from decimal import Decimal

import pytest

from client_api.model import Order, Partner, PartnerStatus, PaymentMethod, PaymentStatus
from client_api.use_cases import Payments
from shared.errors import Unavailable
from tests.client_api.fakes import (
    ORDER_ID,
    PAYER,
    PRIVATE,
    SHORT_CODE,
    STRANGER,
    FakeMethods,
    FakeOrders,
    Guests,
    method,
    order,
    paid_order,
    roubles,
)
from tests.support.aws_world import World

Serve = Callable[..., Guests]
METHODS = FakeMethods((method(),))


@pytest.fixture
def serve(world: World, monkeypatch: pytest.MonkeyPatch) -> Serve:
    module = world.load("client_api", "preorder")

    def over(found: Order, methods: FakeMethods = METHODS) -> Guests:
        payments = Payments(FakeOrders(found), methods, "pay.example")
        monkeypatch.setattr(module, "payments", payments)
        return Guests(world, module, "/4.0/payments/v1/preorder")

    return over


def test_bill_and_methods_are_exactly_what_a_guest_needs(serve: Serve) -> None:
    status, body = serve(order()).call({"order": ORDER_ID})

    assert status == 200
    assert body == {
        "order": {
            "id": ORDER_ID,
            "partner": {"partner_id": "p_demo", "name": "Ресторан", "address": "Москва"},
            "table": "12",
            "items": [
                {
                    **{"id": "1", "name": "Борщ", "quantity": "2", "unit": "pcs", "vat": "20"},
                    **{"price": "400.00", "discount": "0.00", "total": "800.00"},
                },
                {
                    **{"id": "2", "name": "Чай", "quantity": "1", "unit": "pcs", "vat": "20"},
                    **{"price": "770.00", "discount": "0.00", "total": "770.00"},
                },
            ],
            "total": "1570.00",
            "currency": "RUB",
            "version": 1,
            "status": "waiting",
            "expires_at": "2026-11-20T16:00:00.000Z",
            "cashback": "78.00",
        },
        "payment_methods": [
            {
                **{"type": "card", "id": "card-ok", "name": "Карта", "short_title": "•• 4242"},
                **{"system": "visa", "number_masked": "4242", "availability": {"available": True}},
            }
        ],
        "last_used": {"type": "card", "id": "card-ok"},
    }


@pytest.mark.parametrize(
    "text",
    [
        ORDER_ID,
        f" {ORDER_ID}\n",
        SHORT_CODE,
        "k7q4-m9xy",
        "K7Q4 M9XY",
        f"https://pay.example/q/{ORDER_ID}",
        f"HTTPS://PAY.EXAMPLE/q/{ORDER_ID}/?utm=1",
    ],
)
def test_order_is_opened_by_id_short_code_or_qr_url(serve: Serve, text: str) -> None:
    status, body = serve(order()).call({"order": text})

    assert (status, body["order"]["id"]) == (200, ORDER_ID)


@pytest.mark.parametrize(
    "text",
    [
        f"https://evil.example/q/{ORDER_ID}",
        f"https://pay.example@evil.example/q/{ORDER_ID}",
        f"https://pay.example.evil.example/q/{ORDER_ID}",
        f"https://pay.example:444/q/{ORDER_ID}",
        f"ftp://pay.example/q/{ORDER_ID}",
        "https://[pay.example/q/x",
        "https://pay.example/",
        "01JD0000000000000000000000",
        "AAAAAAAA",
        "../admin",
        "заказ",
    ],
)
def test_whatever_names_no_order_of_ours_is_not_found(serve: Serve, text: str) -> None:
    status, body = serve(order()).call({"order": text})

    assert (status, body["code"]) == (404, "order_not_found")


def test_code_of_a_table_is_known_and_names_no_order(serve: Serve) -> None:
    status, body = serve(order()).call({"order": "https://pay.example/base/t/p_demo/12"})

    assert (status, body["code"]) == (422, "table_code_unsupported")


REFUSED = [
    (order(overdue=True), 410, "order_expired"),
    (order(payment=PaymentStatus.EXPIRED), 410, "order_expired"),
    (order(partner_status=PartnerStatus.EXPIRED), 410, "order_expired"),
    (order(partner_status=PartnerStatus.CLOSED), 409, "order_closed"),
    (order(partner_status=PartnerStatus.CANCELLED), 409, "order_closed"),
    (paid_order(PaymentStatus.CANCELLED), 409, "order_closed"),
    (paid_order(PaymentStatus.CANCELLING), 409, "order_closed"),
    (paid_order(PaymentStatus.INIT), 409, "already_paying"),
    (paid_order(PaymentStatus.HOLDING), 409, "already_paying"),
    (paid_order(PaymentStatus.HELD), 409, "already_paying"),
    (paid_order(PaymentStatus.HELD, overdue=True), 409, "already_paying"),
    (paid_order(PaymentStatus.CLEARING), 409, "order_already_paid"),
    (paid_order(PaymentStatus.CLEARED), 409, "order_already_paid"),
    (paid_order(PaymentStatus.CLEAR_FAILED), 409, "order_already_paid"),
    (paid_order(PaymentStatus.REFUNDING), 409, "order_already_paid"),
    (paid_order(PaymentStatus.REFUNDED), 409, "order_already_paid"),
]


@pytest.mark.parametrize(("found", "status", "code"), REFUSED)
def test_order_that_this_guest_cannot_pay_is_refused_by_its_state(
    serve: Serve, found: Order, status: int, code: str
) -> None:
    methods = FakeMethods((method(),))

    answered, body = serve(found, methods).call({"order": ORDER_ID}, user_id=STRANGER)

    assert (answered, body["code"], body["details"]) == (status, code, {})
    assert methods.asked == []


@pytest.mark.parametrize("payment", PaymentStatus)
def test_stranger_reads_nothing_of_the_payer(serve: Serve, payment: PaymentStatus) -> None:
    _, body = serve(paid_order(payment)).call({"order": ORDER_ID}, user_id=STRANGER)

    assert not [secret for secret in PRIVATE if secret in str(body)]


@pytest.mark.parametrize(
    ("payment", "shown"),
    [(PaymentStatus.HOLDING, "processing"), (PaymentStatus.CLEARED, "success")],
)
def test_payer_opens_the_own_order_again(serve: Serve, payment: PaymentStatus, shown: str) -> None:
    status, body = serve(paid_order(payment)).call({"order": ORDER_ID}, user_id=PAYER)

    assert (status, body["order"]["status"]) == (200, shown)


def test_any_guest_opens_an_order_whose_payment_failed(serve: Serve) -> None:
    found = paid_order(PaymentStatus.HOLD_FAILED)

    status, body = serve(found).call({"order": ORDER_ID}, user_id=STRANGER)

    assert (status, body["order"]["id"]) == (200, ORDER_ID)


def test_bill_without_methods_is_not_shown(serve: Serve) -> None:
    down = FakeMethods((), refusal=Unavailable("payment_methods_unavailable"))

    status, body = serve(order(), down).call({"order": ORDER_ID})

    assert (status, body["code"]) == (503, "payment_methods_unavailable")


@pytest.mark.parametrize(
    ("offered", "availability"),
    [
        (method(hold=False), {"available": False, "disabled_reason": "hold_not_supported"}),
        (
            method(available=False, reason="expired"),
            {"available": False, "disabled_reason": "expired"},
        ),
        (method(available=False), {"available": False}),
    ],
)
def test_method_that_cannot_pay_is_shown_as_unavailable(
    serve: Serve, offered: PaymentMethod, availability: dict[str, object]
) -> None:
    _, body = serve(order(), FakeMethods((offered,))).call({"order": ORDER_ID})

    assert body["payment_methods"][0]["availability"] == availability


@pytest.mark.parametrize(
    ("total", "rate", "cap", "cashback"),
    [
        ("1570.00", "0.05", "300.00", "78.00"),
        ("1570.00", "0.05", None, "78.00"),
        ("1570.00", "0.05", "50.50", "50.00"),
        ("99999.99", "0.05", "300.00", "300.00"),
        ("19.99", "0.05", "300.00", "0.00"),
        ("20.00", "0.05", "300.00", "1.00"),
        ("1570.00", "0", "300.00", "0.00"),
    ],
)
def test_cashback_is_capped_and_floored_to_whole_units(
    total: str, rate: str, cap: str | None, cashback: str
) -> None:
    limit = roubles(cap) if cap else None
    partner = Partner("p_demo", "Ресторан", "Москва", Decimal(rate), limit)

    assert str(partner.cashback(roubles(total))) == cashback


@pytest.mark.parametrize("body", [{}, {"order": ""}, {"order": 7}, {"order": "x" * 513}, []])
def test_malformed_request_is_refused(serve: Serve, body: object) -> None:
    status, answer = serve(order()).call(body)

    assert (status, answer["code"]) == (400, "validation_failed")
