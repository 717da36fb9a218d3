"""A fake AWS that is atomic under threads, remembers transaction tokens and obeys a fake clock.

moto alone interleaves inside one request, ignores ClientRequestToken and runs SQS on wall time.
"""

import json
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from copy import deepcopy
from dataclasses import dataclass
from datetime import datetime
from types import SimpleNamespace
from typing import Any, Final
from unittest.mock import patch

from botocore.exceptions import ReadTimeoutError
from moto import mock_aws
from moto.backends import get_backend
from moto.core.botocore_stubber import BotocoreStubber
from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.sqs.models import Message, SQSBackend

from tests.support import calls
from tests.support.clock import FakeClock
from tests.support.faults import Fault, on_the_wire
from tests.support.frugal_moto import frugal_moto

REGION: Final = "eu-central-1"
_TOKEN_LIFE_MS: Final = 10 * 60 * 1000
_ENVIRONMENT: Final = {
    "AWS_ACCESS_KEY_ID": "test",
    "AWS_SECRET_ACCESS_KEY": "test",
    "AWS_SESSION_TOKEN": "test",
    "AWS_DEFAULT_REGION": REGION,
    "AWS_REGION": REGION,
    "AWS_EC2_METADATA_DISABLED": "true",
}
_READS: Final = frozenset({"GetItem", "BatchGetItem", "Query", "Scan"})
_FOREIGN: Final = ("AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_ENDPOINT_URL")

_Response = tuple[int, dict[str, str], str]
_Answer = Any  # moto's (status, headers, body), or None: not AWS


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Rows, queued messages, transaction tokens and object keys at one moment."""

    moment: datetime
    rows: dict[str, Any]
    messages: dict[str, Any]
    tokens: dict[str, tuple[int, Any]]
    objects: dict[str, frozenset[str]]


class FakeAws:
    """The fake AWS of one `atomic_aws` block; one account, one region."""

    def __init__(self, clock: FakeClock) -> None:
        self.clock = clock
        self._lock = threading.RLock()
        self._tokens: dict[str, tuple[int, Any]] = {}
        # The rows before the last write, while eventually consistent reads are stale.
        self._past: dict[str, Any] | None = None

    def snapshot(self) -> Snapshot:
        """The state of DynamoDB and SQS, which S3 objects exist, and the time."""
        with self._lock:
            return Snapshot(
                moment=self.clock.now(),
                rows=_rows_now(),
                messages={name: _queued(queue) for name, queue in _queues().items()},
                tokens=dict(self._tokens),
                objects={name: frozenset(bucket.keys) for name, bucket in _buckets().items()},
            )

    def restore(self, snapshot: Snapshot) -> None:
        """Back to `snapshot`, in microseconds a row; tables, queues, buckets must be the same.

        S3 objects made since are removed; an object changed or deleted since stays so.
        """
        with self._lock:
            self.clock.set(snapshot.moment)
            _set_rows(snapshot.rows)
            for name, queued in snapshot.messages.items():
                _requeue(_queues()[name], queued)
            self._tokens = dict(snapshot.tokens)
            for name, kept in snapshot.objects.items():
                keys = _buckets()[name].keys
                for key in set(keys) - kept:
                    keys.pop(key)

    def lose_messages(self) -> None:
        """Empties every queue, whatever is delayed or in somebody's hands included."""
        with self._lock:
            for queue in _queues().values():
                _requeue(queue, ([], set(), set()))

    def rows(self, table: str) -> list[dict[str, Any]]:
        """Every row of a table as a Scan shows it, without the cost of one."""
        with self._lock:
            return [item.to_json()["Attributes"] for item in _tables()[table].all_items()]

    def has_messages(self, queue: str) -> bool:
        """Whether a ReceiveMessage would bring one."""
        with self._lock:
            return bool(_queues()[queue].messages)

    @contextmanager
    def stale_reads(self) -> Iterator[None]:
        """Inside, eventually consistent reads and those of indexes are one write behind."""
        self._past = _rows_now()
        try:
            yield
        finally:
            self._past = None

    def waiting(self) -> list[str]:
        """The queues that have a message to receive now, by name."""
        with self._lock:
            return [name for name, queue in _queues().items() if queue.messages]

    def shuffle_messages(self, order: Callable[[list[Message]], list[Message]]) -> None:
        """Every queue's messages in another order, some of them gone, if `order` likes."""
        with self._lock:
            for queue in _queues().values():
                queue._messages = order(queue._messages)

    def answer(self, request: Any, process: Callable[[], _Answer]) -> _Answer:
        """One request on the wire: meets its fault, if any, then runs alone."""
        fault = on_the_wire()
        if fault is Fault.THROTTLED_ONCE:
            return _throttled(request)
        with self._lock:
            answer = self._once(request, self._as_of(request, process))
        if fault is Fault.LOST_ANSWER:
            raise ReadTimeoutError(endpoint_url=request.url)
        return answer

    def _as_of(self, request: Any, process: Callable[[], _Answer]) -> Callable[[], _Answer]:
        if self._past is None or not _target(request).startswith("DynamoDB"):
            return process
        return lambda: self._behind(request, process)

    def _behind(self, request: Any, process: Callable[[], _Answer]) -> _Answer:
        now = _rows_now()
        if not _is_read(request):
            self._past = now
            return process()
        if _is_consistent(request):
            return process()
        _set_rows(self._past or {})
        try:
            return process()
        finally:
            _set_rows(now)

    def _once(self, request: Any, process: Callable[[], _Answer]) -> _Answer:
        """TransactWriteItems under its token: success is repeated for 10 minutes, not redone."""
        if not _target(request).endswith(".TransactWriteItems"):
            return process()
        body = json.loads(request.body)
        token = body.pop("ClientRequestToken")
        at, known = self._tokens.get(token, (-_TOKEN_LIFE_MS, None))
        if self.clock.milliseconds() - at < _TOKEN_LIFE_MS:
            return (200, {}, "{}") if known == body else _error("IdempotentParameterMismatch")
        answer = process()
        if answer[0] == 200:
            self._tokens[token] = (self.clock.milliseconds(), body)
        return answer


@contextmanager
def atomic_aws(clock: FakeClock | None = None) -> Iterator[FakeAws]:
    """Inside, AWS is fake, empty, atomic, on `clock`, and each call of it is a point of `calls`."""
    aws = FakeAws(clock or FakeClock())
    original = BotocoreStubber.process_request

    def process_request(stubber: BotocoreStubber, request: Any) -> _Answer:
        return aws.answer(request, lambda: original(stubber, request))

    with ExitStack() as stack:
        stack.enter_context(patch.dict(os.environ, _ENVIRONMENT))
        for name in _FOREIGN:
            os.environ.pop(name, None)
        stack.enter_context(mock_aws())
        stack.enter_context(patch.object(BotocoreStubber, "process_request", process_request))
        stack.enter_context(_queues_on(aws.clock))
        stack.enter_context(frugal_moto())
        stack.enter_context(instant_sleeps())
        stack.enter_context(calls.installed())
        yield aws


@contextmanager
def instant_sleeps(sleep: Callable[[float], None] = lambda seconds: None) -> Iterator[None]:
    """Inside, the SDK's back-off and waiters call `sleep` (seconds) instead of sleeping.

    By default no time passes: the back-off is random, so a clock moved by it would make a
    schedule impossible to replay. `instant_sleeps(clock.advance)` lets it pass all the same.
    """
    fake_time = SimpleNamespace(sleep=sleep)
    with patch("botocore.endpoint.time", fake_time), patch("botocore.waiter.time", fake_time):
        yield


@contextmanager
def _queues_on(clock: FakeClock) -> Iterator[None]:
    """SQS delays, visibility and retention follow `clock`; a long poll answers at once."""

    def visible(message: Message) -> bool:
        # moto asks for strictly later, so on a clock that stands still a time-out of 0 hides.
        return clock.milliseconds() >= message.visible_at

    receive = SQSBackend.receive_message

    def receive_now(
        backend: SQSBackend, queue_name: str, count: int, wait: int, *rest: Any, **named: Any
    ) -> list[Message]:
        return receive(backend, queue_name, count, 0, *rest, **named)

    with (
        patch("moto.sqs.models.unix_time_millis", lambda: float(clock.milliseconds())),
        patch("moto.sqs.models.unix_time", lambda: clock.milliseconds() / 1000),
        patch.object(Message, "visible", property(visible)),
        patch.object(SQSBackend, "receive_message", receive_now),
    ):
        yield


def _target(request: Any) -> str:
    """The operation, as in "DynamoDB_20120810.PutItem"; "" where the protocol does not say."""
    target = request.headers.get("X-Amz-Target", b"")
    return target.decode() if isinstance(target, bytes) else str(target)


def _throttled(request: Any) -> _Response:
    return _error("Throttling") if _target(request) else (503, {}, "")


def _error(name: str) -> _Response:
    return 400, {}, json.dumps({"__type": f"{name}Exception", "message": name})


def _tables() -> dict[str, Any]:
    return get_backend("dynamodb")[DEFAULT_ACCOUNT_ID][REGION].tables


def _rows_now() -> dict[str, Any]:
    return {name: deepcopy(table.items) for name, table in _tables().items()}


def _set_rows(rows: dict[str, Any]) -> None:
    for name, found in rows.items():
        _tables()[name].items = deepcopy(found)


def _is_read(request: Any) -> bool:
    return _target(request).rpartition(".")[2] in _READS


def _is_consistent(request: Any) -> bool:
    asked = json.loads(request.body)
    tables = asked.get("RequestItems", {"": asked})
    return all(wanted.get("ConsistentRead", False) for wanted in tables.values())


def _queues() -> dict[str, Any]:
    return get_backend("sqs")[DEFAULT_ACCOUNT_ID][REGION].queues


def _buckets() -> dict[str, Any]:
    return get_backend("s3")[DEFAULT_ACCOUNT_ID]["aws"].buckets


def _queued(queue: Any) -> Any:
    # One deep copy of all three: the pending set holds the very messages of the list.
    return deepcopy((queue._messages, queue._pending_messages, queue.deleted_messages))


def _requeue(queue: Any, queued: Any) -> None:
    queue._messages, queue._pending_messages, queue.deleted_messages = deepcopy(queued)
