"""POST /4.0/payments/v1/orders/retrieve."""

from collections.abc import Callable

import pytest

from client_api.model import Order, PaymentStatus
from client_api.texts import FAILURES, locale_of
from client_api.use_cases import GuestOrders
from tests.client_api.fakes import (
    ORDER_ID,
    PRIVATE,
    STRANGER,
    FakeOrders,
    Guests,
    order,
    paid_order,
)
from tests.support.aws_world import World

Serve = Callable[[Order], Guests]
BODY = {"order_id": ORDER_ID}


@pytest.fixture
def serve(world: World, monkeypatch: pytest.MonkeyPatch) -> Serve:
    module = world.load("client_api", "orders_retrieve")

    def over(found: Order) -> Guests:
        monkeypatch.setattr(module, "orders", GuestOrders(FakeOrders(found)))
        return Guests(world, module, "/4.0/payments/v1/orders/retrieve")

    return over


@pytest.mark.parametrize(
    ("payment", "status"),
    [
        ("new", "waiting"),
        ("init", "processing"),
        ("holding", "processing"),
        ("held", "success"),
        ("clearing", "success"),
        ("cleared", "success"),
        ("clear_failed", "success"),
        ("hold_failed", "failed"),
        ("cancelling", "cancelled"),
        ("cancelled", "cancelled"),
        ("refunding", "partially_refunded"),
        ("refund_failed", "partially_refunded"),
        ("partially_refunded", "partially_refunded"),
        ("refunded", "refunded"),
        ("expired", "expired"),
    ],
)
def test_payer_sees_the_status_of_the_payment(serve: Serve, payment: str, status: str) -> None:
    _, body = serve(paid_order(PaymentStatus(payment))).call(BODY)

    assert body["status"] == status


def test_order_that_nobody_pays_waits_for_anyone(serve: Serve) -> None:
    answer = serve(order()).call(BODY, user_id=STRANGER)

    assert answer == (200, {"order_id": ORDER_ID, "status": "waiting", "retry_after_ms": 700})


def test_unpaid_order_past_its_time_is_expired_before_any_task_says_so(serve: Serve) -> None:
    answer = serve(order(overdue=True)).call(BODY)

    assert answer == (200, {"order_id": ORDER_ID, "status": "expired"})


@pytest.mark.parametrize("payment", PaymentStatus)
def test_strangers_order_is_an_unknown_order(serve: Serve, payment: PaymentStatus) -> None:
    guests = serve(paid_order(payment))

    foreign = guests.call(BODY, user_id=STRANGER)
    unknown = guests.call({"order_id": "01JD0000000000000000000000"}, user_id=STRANGER)

    assert {**foreign[1], "request_id": ""} == {**unknown[1], "request_id": ""}
    assert (foreign[0], foreign[1]["code"]) == (404, "order_not_found")
    assert not [secret for secret in PRIVATE if secret in str(foreign[1])]


def test_processing_payment_leads_to_the_bank_and_is_polled(serve: Serve) -> None:
    _, body = serve(paid_order(PaymentStatus.HOLDING)).call(BODY)

    assert body == {
        "order_id": ORDER_ID,
        "status": "processing",
        "redirect_url": "https://bank.example/3ds",
        "retry_after_ms": 700,
    }


def test_successful_payment_is_polled_no_more(serve: Serve) -> None:
    _, body = serve(paid_order(PaymentStatus.HELD)).call(BODY)

    assert body == {"order_id": ORDER_ID, "status": "success"}


@pytest.mark.parametrize("language", ["ru", "en"])
@pytest.mark.parametrize("code", FAILURES["ru"])
def test_failure_is_explained_in_the_guests_language(
    serve: Serve, code: str, language: str
) -> None:
    guests = serve(paid_order(PaymentStatus.HOLD_FAILED, failure_code=code))

    _, body = guests.call(BODY, headers={"Accept-Language": language})

    assert body["failure"]["code"] == code
    assert body["failure"]["text"].isascii() == (language == "en")


def test_unknown_failure_keeps_its_code_and_gets_a_general_text(serve: Serve) -> None:
    guests = serve(paid_order(PaymentStatus.HOLD_FAILED, failure_code="moon_phase"))

    _, body = guests.call(BODY)

    assert body["failure"] == {"code": "moon_phase", "text": FAILURES["ru"]["technical_error"]}


def test_failure_without_a_reason_is_technical(serve: Serve) -> None:
    _, body = serve(paid_order(PaymentStatus.HOLD_FAILED, failure_code=None)).call(BODY)

    assert body["failure"]["code"] == "technical_error"


@pytest.mark.parametrize(
    ("header", "locale"),
    [
        ("", "ru"),
        ("*", "ru"),
        ("ru-RU,en;q=0.8", "ru"),
        ("en-US,en;q=0.9,ru;q=0.5", "en"),
        ("en;q=0.1, ru;q=0.9", "ru"),
        ("fr", "en"),
        ("fr, ru;q=0.3", "ru"),
        ("ru;q=0, en", "en"),
        ("ru;q=high", "en"),
    ],
)
def test_language_is_the_best_of_russian_and_english(header: str, locale: str) -> None:
    assert locale_of(header) == locale
