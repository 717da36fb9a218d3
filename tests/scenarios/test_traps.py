"""The traps of SPEC C.2 that belong to restaurants, by number, each with the tests against it.

The table is checked: every test that it names exists. What no other place tests is tested here.
"""

import ast
from collections.abc import Mapping, Sequence
from typing import Final

import pytest
from samtranslator.yaml_helper import yaml_parse

from local.expanded import expanded
from tests.architecture.templates import SERVICES, service
from tests.support.interrupt import interrupted
from tests.support.intrinsics import ROOT, Json
from tests.support.orders import create
from tests.support.town import town

HERE: Final = "scenarios/test_traps.py"
TRAPS: Final[Mapping[str, Sequence[str]]] = {
    "1 an internal route on the public API": (
        "architecture/test_public_api.py::test_every_route_has_the_authorisation_of_its_api",
        "architecture/test_public_api.py::test_an_api_reaches_only_functions_of_its_own_service",
    ),
    "2 an SQS delay of more than 15 minutes": (
        "shared/test_task_wake.py::test_wake_up_of_a_later_task_is_left_to_the_sweeper",
        "scenarios/test_07_hold_after_expiry.py::test_a_hold_that_comes_after_expiry_is_voided",
    ),
    "3 DynamoDB's TTL as a timer": (
        f"{HERE}::test_no_row_of_a_restaurants_table_is_ended_by_dynamodb",
        "scenarios/test_refusals.py::test_an_expired_order_is_410_from_the_millisecond_of_its_end",
    ),
    "4 uniqueness by an index": (f"{HERE}::test_one_bill_opened_twice_at_once_is_one_order",),
    "5 a link signed by a Lambda, stored or shown as lasting": (
        "client_api/test_r.py::test_link_leads_to_the_pdf",
        "client_api/test_r.py::test_signed_url_lives_five_minutes_and_downloads_a_pdf",
        "client_api/test_r.py::test_old_links_outlive_a_rotation_of_the_pepper",
    ),
    "6 a refund's key made of its amount": (
        "qr_orders/test_admin_refund.py::test_two_refunds_of_one_amount_are_two",
        "qr_orders/test_admin_refund.py::test_repeat_of_a_refund_is_answered_alike_for_ever",
    ),
    "7 believing a callback, or the order of callbacks": (
        "qr_orders/tasks/test_transactions_callback.py::test_callback_is_never_believed",
        "scenarios/test_08_callbacks.py::test_orders_are_paid_once_however_their_callbacks_come",
    ),
    "8 an old attempt's failure over a newer success": (
        "qr_orders/tasks/test_check_payment_doubts.py::"
        "test_failure_of_an_earlier_attempt_does_not_touch_the_later",
    ),
    "9 the activity check against a payment or a webhook": (
        "qr_orders/test_get_inactive.py::test_only_open_unpaid_orders_are_listed",
        "qr_orders/test_get_inactive.py::"
        "test_restaurant_that_is_told_by_webhook_is_not_expected_to_poll",
        "scenarios/test_06_silent_restaurant.py::"
        "test_a_silent_tills_order_expires_and_not_while_the_guest_pays",
    ),
    "13 a secret link in access logs": (
        "architecture/test_resources.py::test_every_resource_keeps_the_rules_of_its_kind",
        "architecture/test_resources.py::test_a_real_resource_that_is_spoilt_is_reported",
        "client_api/test_r.py::test_no_line_that_we_write_holds_the_token",
    ),
    "14 money as a float or on another scale": (
        "architecture/test_code.py::test_code_does_not",
        "shared/test_money.py::test_whatever_is_read_is_unsigned_and_exact",
    ),
    "15 a PDF without the letters of our markets": (
        "qr_orders/receipts/test_pdf.py::test_every_character_of_our_markets_has_a_glyph",
    ),
    "16 more than 500 resources in a stack": (
        f"{HERE}::test_no_stack_comes_near_the_500_resources_of_cloudformation",
    ),
}
# Counters of a minute that nobody reads after it: when they go decides nothing.
MAY_BE_FORGOTTEN: Final = {"WindowsTable"}
NAMED: Final = sorted({test for tests in TRAPS.values() for test in tests})


@pytest.mark.parametrize("test", NAMED)
def test_the_table_names_tests_that_exist(test: str) -> None:
    file, _, name = test.partition("::")
    tree = ast.parse((ROOT / "tests" / file).read_text(encoding="utf-8"))
    assert name in {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}


@pytest.mark.parametrize("name", [each for each in SERVICES if each != "sandbox"])
def test_no_row_of_a_restaurants_table_is_ended_by_dynamodb(name: str) -> None:
    """Rows may be forgotten late or never: an order's end is a task and a condition."""
    tables = service(name).resources("AWS::DynamoDB::Table")
    ended = {key for key, table in tables.items() if "TimeToLiveSpecification" in table}
    assert ended <= MAY_BE_FORGOTTEN


def test_one_bill_opened_twice_at_once_is_one_order() -> None:
    """At whichever of its calls one till's request is overtaken by the other's."""
    with town() as place:
        for at in range(1, 12):

            def ask(number: str = f"bill-{at}") -> tuple[int, Json]:
                return create(place, external_order_id=number)

            (first, one), (second, other) = interrupted(ask, ask, at)

            assert (first, second) == (200, 200)
            assert one["order_id"] == other["order_id"]
            assert sorted([one["created"], other["created"]]) == [False, True]
        rows = place.rows("qr_orders-orders")
        assert len({row["external_order_id"] for row in rows}) == len(rows) == 11


@pytest.mark.parametrize("name", SERVICES)
def test_no_stack_comes_near_the_500_resources_of_cloudformation(name: str) -> None:
    template = yaml_parse((ROOT / f"templates/{name}.yaml").read_text(encoding="utf-8"))
    assert len(expanded(template)["Resources"]) <= 450
