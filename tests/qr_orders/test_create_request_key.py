"""POST /qr-orders/v1/create under the till's Idempotency-Key (decision 18)."""

import pytest

from tests.qr_orders.support import Shop

KEY = "till-1-0001"


def test_key_with_the_same_request_answers_the_same_order(here: Shop) -> None:
    _, first = here.post("create", idempotency_key=KEY)
    before = here.aws.snapshot().rows

    status, second = here.post("create", idempotency_key=KEY)

    assert (status, second) == (200, first | {"created": False})
    assert here.aws.snapshot().rows == before


@pytest.mark.parametrize(
    "changes", [{"table": "13"}, {"external_version": 2}, {"external_order_id": "B-1"}]
)
def test_key_with_another_request_is_refused(here: Shop, changes: dict[str, object]) -> None:
    here.open(idempotency_key=KEY)

    status, body = here.post("create", idempotency_key=KEY, **changes)

    assert (status, body["code"]) == (422, "idempotency_mismatch")
    assert len(here.rows("orders")) == 1


def test_keys_of_two_partners_do_not_meet(here: Shop) -> None:
    mine = here.open(idempotency_key=KEY)

    assert here.open(idempotency_key=KEY, partner_id="p_other") != mine


def test_late_repeat_answers_the_order_as_it_is_now(here: Shop) -> None:
    order_id = here.open(idempotency_key=KEY)
    here.post("create", external_version=2, table="13", idempotency_key="till-1-0002")

    status, body = here.post("create", idempotency_key=KEY)

    assert (status, body["order_id"], body["version"]) == (200, order_id, 2)


def test_repeat_of_an_order_under_a_new_key_is_still_a_repeat(here: Shop) -> None:
    order_id = here.open(idempotency_key=KEY)

    status, body = here.post("create", idempotency_key="till-1-0002")

    assert (status, body["order_id"], body["created"]) == (200, order_id, False)
