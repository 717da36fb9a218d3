"""What functions may do: the checked-in page, and the comparison with what the suite sees."""

import pytest

from local.privileges import FILE, Unseen, problems, text, unseen
from tests.support.privileges import Use

_READ: Use = ("shop/sell", "dynamodb:GetItem", "dynamodb:table/shop-goods")
_SIGNED: Use = ("shop/sell", "s3:GetObject", "s3:shop-bills/bills/*")
_TAKEN: Use = ("shop/tasks.ship", "sqs:ReceiveMessage", "sqs:shop_ship")
_POLLER = Unseen(("sqs:ReceiveMessage",), "shop/tasks.*", "sqs:.*", "Lambda's poller takes it.")


def test_the_page_says_what_the_policies_say() -> None:
    """`make documents` writes it anew."""
    assert text() == FILE.read_text(encoding="utf-8")


def test_what_is_granted_and_seen_is_in_order() -> None:
    seen = {_READ, ("shop/sell", "s3:GetObject", "s3:shop-bills/bills/2026/1.pdf")}
    assert problems({_READ, _SIGNED, _TAKEN}, seen, [_POLLER]) == []


def test_what_the_code_of_several_does_is_evidence_for_each_and_asked_of_none() -> None:
    engine = {("shop/*", *_READ[1:]), ("shop/*", "dynamodb:Scan", _READ[2])}
    assert problems({_READ, ("shop/lend", *_READ[1:])}, engine, []) == []


@pytest.mark.parametrize(
    ("allowed", "seen", "reasons", "problem"),
    [
        ({_READ}, set(), [], "dynamodb:table/shop-goods: granted, never seen"),
        ({_SIGNED}, set(), [], "s3:shop-bills/bills/*: granted, never seen"),
        (set(), {_READ}, [], "dynamodb:table/shop-goods: seen, not granted"),
        ({_SIGNED}, {("shop/sell", "s3:GetObject", "s3:shop-bills/x")}, [], "seen, not granted"),
        ({_TAKEN}, {_TAKEN}, [_POLLER], "a reason that nothing needs"),
        ({_TAKEN}, set(), [Unseen(_POLLER.actions, ".*", ".*", " ")], "no reason"),
    ],
)
def test_a_right_too_many_or_too_few_is_reported(
    allowed: set[Use], seen: set[Use], reasons: list[Unseen], problem: str
) -> None:
    assert problem in "\n".join(problems(allowed, seen, reasons))


def test_every_right_that_no_test_can_see_has_a_reason() -> None:
    assert all(each.reason.strip() for each in unseen())
