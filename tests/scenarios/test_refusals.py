"""What is refused is refused with its documented code, and changes nothing."""

from collections.abc import Callable, Iterator

import pytest

from tests.support.intrinsics import Json
from tests.support.street import Street, bill
from tests.support.town import town


@pytest.fixture(scope="module")
def street() -> Iterator[Street]:
    with town() as place:
        found = Street(place)
        found.partner = found.open_restaurant()
        yield found


@pytest.fixture
def order(street: Street, request: pytest.FixtureRequest) -> Json:
    """A new order of the restaurant."""
    code, body = street.open_order(order_id=request.node.name[:60].replace("[", "-").strip("]"))
    assert code == 200, body
    return body


def refused(street: Street, ask: Callable[[], tuple[int, Json]]) -> tuple[int, str]:
    """Status and code of the answer, after making sure that nothing has changed."""
    before = street.books()
    status, body = ask()
    assert street.books() == before
    return status, str(body.get("code") or body.get("message"))


def test_a_wrong_key_is_the_gateways_403(street: Street) -> None:
    wrong = street.partner["api_key"][:-1] + "?"
    assert refused(street, lambda: street.open_order(wrong)) == (403, "Forbidden")


def test_a_revoked_key_of_another_shape_is_the_same_403(street: Street) -> None:
    assert refused(street, lambda: street.open_order("hello")) == (403, "Forbidden")


def test_a_foreign_order_is_unknown_to_another_restaurant(street: Street, order: Json) -> None:
    stranger = street.open_restaurant()["api_key"]
    before = street.books()
    assert street.status(order["id"], stranger) == "NOT_FOUND"
    assert street.books() == before
    answer = refused(street, lambda: street.set_status(order["id"], "CANCELLED", stranger))
    assert answer == (404, "order_not_found")


def test_malformed_json_is_400_on_every_open_route(street: Street) -> None:
    routes = {
        "orders": "/external/v1/orders",
        "orders_status_list": "/external/v1/orders/status/list",
        "order_status": "/external/v1/order/status",
    }
    for function, path in routes.items():
        answer = refused(street, lambda f=function, p=path: street.till(f, p, '{"id":'))  # type: ignore[misc]
        assert answer == (400, "malformed_json")


def test_a_wrong_total_is_422(street: Street) -> None:
    answer = refused(street, lambda: street.open_order(order_id="wrong", total="1540.01"))
    assert answer == (422, "total_mismatch")


def test_a_total_in_a_foreign_form_is_400(street: Street) -> None:
    answer = refused(street, lambda: street.open_order(order_id="form", total="1,540.00"))
    assert answer == (400, "validation_failed")


def test_another_currency_than_the_partners_is_422(street: Street) -> None:
    answer = refused(street, lambda: street.open_order(order_id="currency", currency="KZT"))
    assert answer == (422, "currency_mismatch")


def test_an_unknown_order_is_404_for_till_and_guest(street: Street) -> None:
    unknown = "01JCZ4W8K2R7T9V3M5N6P8Q0S1"
    assert street.status(unknown) == "NOT_FOUND"
    answer = refused(street, lambda: street.set_status(unknown, "CLOSED"))
    assert answer == (404, "order_not_found")
    path, body = "/4.0/payments/v1/preorder", {"order": unknown}
    answer = refused(street, lambda: street.guest("preorder", path, body))
    assert answer == (404, "order_not_found")


def test_an_expired_order_is_410_from_the_millisecond_of_its_end(
    street: Street, order: Json
) -> None:
    clock = street.town.aws.clock
    start = street.town.aws.snapshot()
    clock.advance(240 * 60 - 0.001)
    assert street.pay(order)[0] == 200
    street.town.aws.restore(start)
    clock.advance(240 * 60)
    assert refused(street, lambda: street.pay(order)) == (410, "order_expired")
    assert street.status(order["id"]) == "EXPIRED"


def test_a_bill_that_nobody_paid_cannot_be_closed(street: Street, order: Json) -> None:
    answer = refused(street, lambda: street.set_status(order["id"], "CLOSED"))
    assert answer == (409, "not_paid")


def test_the_till_waits_while_the_guest_pays(street: Street, order: Json) -> None:
    assert street.pay(order)[0] == 200
    answer = refused(street, lambda: street.set_status(order["id"], "CLOSED"))
    assert answer == (409, "payment_in_progress")


def test_a_changed_total_makes_the_guest_look_again(street: Street, order: Json) -> None:
    answer = refused(street, lambda: street.pay(order, total="1539.00"))
    assert answer == (409, "order_changed")


def test_a_second_guest_is_told_that_somebody_pays(street: Street, order: Json) -> None:
    assert street.pay(order)[0] == 200
    answer = refused(street, lambda: street.pay(order, "guest-2"))
    assert answer == (409, "already_paying")
    path, body = "/4.0/payments/v1/orders/retrieve", {"order_id": order["id"]}
    answer = refused(street, lambda: street.guest("orders_retrieve", path, body, "guest-2"))
    assert answer == (404, "order_not_found")


def test_a_method_without_hold_is_422(street: Street, order: Json) -> None:
    method = {"type": "sbp", "id": "sbp"}
    answer = refused(street, lambda: street.pay(order, payment_method=method))
    assert answer == (422, "payment_method_unavailable")


def test_an_answer_to_a_till_names_no_guest_and_no_card(street: Street, order: Json) -> None:
    assert street.pay(order, "guest-secret")[0] == 200
    street.town.settle(rounds=2)
    path, body = "/external/v1/orders/status/list", {"ids": [order["id"]]}
    code, found = street.till("orders_status_list", path, body)
    assert code == 200
    assert found["orders"][0]["status"] == "PAID"
    assert "guest-secret" not in str(found)
    assert "card-ok" not in str(found)


def test_a_reused_idempotency_key_with_another_bill_is_422(street: Street) -> None:
    path, headers = "/external/v1/orders", {"Idempotency-Key": "tap-1"}
    first = bill() | {"order_id": "keyed"}
    code, opened = street.till("orders", path, first, headers=headers)
    assert code == 200
    repeat = refused(street, lambda: street.till("orders", path, first, headers=headers))
    assert repeat[0] == 200
    other = first | {"order_id": "keyed-2"}
    answer = refused(street, lambda: street.till("orders", path, other, headers=headers))
    assert answer == (422, "idempotency_mismatch")
    assert street.status(opened["id"]) == "NEW"
