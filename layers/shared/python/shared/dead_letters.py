"""Re-driving a dead-letter queue: its messages go back to the queue they fell out of (R10)."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Final

from botocore.exceptions import BotoCoreError, ClientError
from pydantic import Field

from shared import aws, logs, trace
from shared.clock import from_ms, to_iso
from shared.errors import NotFound, Unavailable
from shared.queue import Handler, ops_app
from shared.wire import Wire

_SHOWN_MAX: Final = 10
_HIDDEN_S: Final = 60
_RESERVE_S: Final = 10


class Redrive(Wire):
    """`queue` without its stage and without `-dlq`. Nothing is moved unless `dry_run` is false."""

    queue: Annotated[str, Field(pattern=r"^[a-z0-9_]{1,64}$")]
    most: Annotated[int, Field(ge=1, le=1000)] = 100
    dry_run: bool = True


def redrive_app(name: str, queue_url_prefix: str) -> Handler:
    """The Lambda `<service>/ops/redrive.py`."""
    return ops_app(name, lambda event: redrive(queue_url_prefix, Redrive.model_validate(event)))


def redrive(queue_url_prefix: str, wish: Redrive) -> dict[str, Any]:
    """{dry_run, queue, waiting, seen: [{message_id, sent_at, received}], moved}: no bodies.

    A message is sent before it is deleted, so one may come twice, which every task survives.
    Refused: StartMessageMoveTask, which moves what came after the operator looked, too, and whose
    progress is another thing to ask for. Raises NotFound queue_not_found, Unavailable.
    """
    source = queue_url_prefix + wish.queue
    try:
        waiting = _depth(f"{source}-dlq")
        seen, moved = [], 0
        for message in _messages(f"{source}-dlq", wish):
            seen.append(_shown(message))
            if not wish.dry_run:
                _move(f"{source}-dlq", source, message)
                moved += 1
    except aws.client("sqs").exceptions.QueueDoesNotExist:
        raise NotFound("queue_not_found", queue=wish.queue) from None
    except (BotoCoreError, ClientError) as problem:
        raise Unavailable("queue_unavailable", queue=wish.queue) from problem
    logs.info("redriven", queue=wish.queue, moved=moved)
    return {
        **{"dry_run": wish.dry_run, "queue": wish.queue, "waiting": waiting},
        **{"seen": seen[:_SHOWN_MAX], "moved": moved},
    }


def _depth(url: str) -> int:
    wanted = "ApproximateNumberOfMessages"
    answer = aws.client("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=[wanted])
    return int(answer["Attributes"][wanted])


def _messages(url: str, wish: Redrive) -> Iterator[Mapping[str, Any]]:
    """Each once; ends when the queue seems empty. What is to be moved is hidden for a minute from
    whoever else looks, what is only looked at is not.
    """
    left, hidden_s = (_SHOWN_MAX, 0) if wish.dry_run else (wish.most, _HIDDEN_S)
    ids: set[str] = set()
    while left and trace.remaining_s() > _RESERVE_S:
        found = aws.client("sqs").receive_message(
            QueueUrl=url,
            MaxNumberOfMessages=min(left, 10),
            VisibilityTimeout=hidden_s,
            MessageSystemAttributeNames=["SentTimestamp", "ApproximateReceiveCount"],
            MessageAttributeNames=["All"],
        )
        new = [each for each in found.get("Messages", []) if each["MessageId"] not in ids]
        if not new:
            return
        ids |= {each["MessageId"] for each in new}
        left -= len(new)
        yield from new


def _move(source: str, target: str, message: Mapping[str, Any]) -> None:
    sqs = aws.client("sqs")
    attributes = {
        name: {"DataType": one["DataType"], "StringValue": one["StringValue"]}
        for name, one in message.get("MessageAttributes", {}).items()
        if "StringValue" in one
    }
    sqs.send_message(QueueUrl=target, MessageBody=message["Body"], MessageAttributes=attributes)
    sqs.delete_message(QueueUrl=source, ReceiptHandle=message["ReceiptHandle"])


def _shown(message: Mapping[str, Any]) -> dict[str, Any]:
    attributes = message["Attributes"]
    return {
        "message_id": message["MessageId"],
        "sent_at": to_iso(from_ms(int(attributes["SentTimestamp"]))),
        "received": int(attributes["ApproximateReceiveCount"]),
    }
