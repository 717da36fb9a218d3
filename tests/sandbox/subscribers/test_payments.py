"""functions/sandbox/subscribers/payments.py: cashback hears of payments, credits, tells (B.4)."""

import json
from collections.abc import Callable, Iterator
from io import BytesIO

import pytest

from shared import aws
from shared.errors import Unavailable
from tests.sandbox.engine import Call
from tests.sandbox.test_cashback import LEDGER
from tests.support import calls
from tests.support.aws_world import World
from tests.support.intrinsics import Json

QUEUE = "test-qr_order_cashback_notify"
Hear = Callable[..., None]


@pytest.fixture
def due() -> list[str]:
    """What qr_orders says that the order brings: the last of these."""
    return ["78.00"]


@pytest.fixture
def sent(world: World) -> list[Json]:
    found: list[Json] = []
    sqs = aws.client("sqs")
    sqs.create_queue(QueueName=QUEUE)

    def remember(params: Json, **_: object) -> None:
        found.append({"delay_s": params["DelaySeconds"], **json.loads(params["MessageBody"])})

    sqs.meta.events.register("provide-client-params.sqs.SendMessage", remember)
    return found


@pytest.fixture
def hear(world: World, sent: list[Json], due: list[str]) -> Iterator[Hear]:
    def invoke(_parameters: Json) -> Json:
        body = {"currency": "RUB", "cashback": [{"amount": due[-1]}]}
        answer = {"statusCode": 200, "body": json.dumps(body)}
        return {"StatusCode": 200, "Payload": BytesIO(json.dumps(answer).encode())}

    module = world.load("sandbox", "subscribers.payments")

    def hear(kind: str = "payment.cleared", version: int = 1, user_id: str = "u1") -> None:
        detail = {"event_id": f"o-1:{version}", "order_id": "o-1", "user_id": user_id}
        world.run(module, {"detail-type": kind, "detail": detail})

    with calls.installed(), calls.serving("lambda", "Invoke", invoke):
        yield hear


def credited(call: Call) -> int:
    return int(call("GET", LEDGER, order_id="o-1")[1]["credited"])


def test_payment_is_credited_and_told(hear: Hear, sent: list[Json], call: Call) -> None:
    hear()

    (message,) = sent
    assert message.pop("credited_at")
    assert message == {
        **{"ticket_id": "cb-o-1:1", "order_id": "o-1", "amount": "78.00", "currency": "RUB"},
        "delay_s": 0,
    }
    assert credited(call) == 7800


def test_event_that_comes_twice_is_one_credit(hear: Hear, sent: list[Json], call: Call) -> None:
    hear()
    hear()

    assert sent[0] == sent[1]
    assert credited(call) == 7800


def test_refund_takes_back_what_is_too_much(
    hear: Hear, due: list[str], sent: list[Json], call: Call
) -> None:
    hear()
    due.append("50.00")
    hear("payment.refunded", 2)

    assert credited(call) == 5000
    assert len(sent) == 1


def test_refund_that_is_heard_of_first_is_not_credited(
    hear: Hear, due: list[str], sent: list[Json], call: Call
) -> None:
    due.append("50.00")
    hear("payment.refunded", 2)
    hear()

    assert credited(call) == 5000
    assert [message["amount"] for message in sent] == ["50.00"]


def test_payment_that_brings_nothing_is_not_told(
    hear: Hear, due: list[str], sent: list[Json]
) -> None:
    due.append("0.00")
    hear()

    assert sent == []


@pytest.mark.parametrize(
    ("user_id", "delays"),
    [("a-cashback-dup", [0, 0]), ("cashback-lost", []), ("cashback-late", [30])],
)
def test_guest_chooses_how_it_is_told(
    hear: Hear, sent: list[Json], user_id: str, delays: list[int]
) -> None:
    hear(user_id=user_id)

    assert [message["delay_s"] for message in sent] == delays


def test_armed_fault_leaves_the_event_to_be_sent_again(
    hear: Hear, sent: list[Json], call: Call
) -> None:
    call("POST", "/cashback/faults", {"fail_next": 1})

    with pytest.raises(Unavailable):
        hear()
    assert credited(call) == 0
    hear()

    assert credited(call) == 7800
