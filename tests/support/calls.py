"""The one seam of all proofs: every AWS and HTTP call of the code under test passes here."""

import os
import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from types import FrameType
from typing import Any, Final, TypeVar
from unittest.mock import patch

import requests
from botocore.client import BaseClient
from botocore.exceptions import ClientError, ReadTimeoutError

from tests.support import footprint, privileges
from tests.support.faults import Crash, Fault, armed
from tests.support.footprint import Footprint

T = TypeVar("T")
ROOT: Final = Path(__file__).resolve().parents[2]
_OURS: Final = (f"{ROOT}{os.sep}functions{os.sep}", f"{ROOT}{os.sep}layers{os.sep}")
# Through these every flow passes: a line of theirs says nothing about whose call it is.
_PLUMBING: Final = re.compile(r"layers/shared/|/(store|tables|clients|history_store)(\.py|/)")


@dataclass(frozen=True, slots=True)
class Call:
    """One remote call: ("dynamodb", "PutItem", "layers/shared/python/shared/store.py:41")."""

    service: str
    operation: str
    call_site: str
    touches: Footprint = field(default=footprint.EVERYTHING, compare=False)
    # The Lambda that is running, and the line of its own work that led to the call.
    flow: str = ""
    work_site: str = ""

    def __str__(self) -> str:
        return f"{self.service}.{self.operation} at {self.call_site}"


# Asked before each call, outermost first; may wait, may record, may name the fault to inject.
Interceptor = Callable[[Call], Fault | None]
Served = Callable[[dict[str, Any]], dict[str, Any]]


@dataclass(slots=True)
class _Process:
    dead: bool = False


@dataclass(frozen=True, slots=True)
class _Remote:
    """One call's good end and its bad ends."""

    send: Callable[[], Any]
    lost_once: Callable[[], Any]
    lost: Callable[[], Any]
    refused_once: Callable[[], Any]


# Context variables, so that actors on threads of their own have interceptors of their own.
_interceptors: ContextVar[tuple[Interceptor, ...]] = ContextVar("interceptors", default=())
_process: ContextVar[_Process | None] = ContextVar("process", default=None)
_flow: ContextVar[str] = ContextVar("flow", default="")
_served: Final[dict[tuple[str, str], Served]] = {}


@contextmanager
def intercepting(interceptor: Interceptor) -> Iterator[None]:
    """Inside, `interceptor` is asked before every call of this context (thread)."""
    token = _interceptors.set((*_interceptors.get(), interceptor))
    try:
        yield
    finally:
        _interceptors.reset(token)


@contextmanager
def outside() -> Iterator[None]:
    """Inside, calls are not points: for remote systems and checks that live in this process."""
    token = _interceptors.set(())
    try:
        with privileges.running(""):
            yield
    finally:
        _interceptors.reset(token)


@contextmanager
def process() -> Iterator[None]:
    """One invocation of one Lambda: after a Crash inside, none of its `finally` blocks can call.

    Leaving it ends the death: who catches Crash around it plays the Lambda service.
    """
    token = _process.set(_Process())
    try:
        yield
    finally:
        _process.reset(token)


@contextmanager
def flow(name: str) -> Iterator[None]:
    """Inside, calls are those of the Lambda `name`."""
    token = _flow.set(name)
    try:
        yield
    finally:
        _flow.reset(token)


@contextmanager
def serving(service: str, operation: str, answer: Served) -> Iterator[None]:
    """Inside, `answer(parameters)` is the AWS operation: ("lambda", "Invoke") run in-process."""
    with patch.dict(_served, {(service, operation): answer}):
        yield


@contextmanager
def installed() -> Iterator[None]:
    """Inside, AWS calls of boto3 and PynamoDB are points. `atomic_aws` enters it."""
    original = BaseClient._make_api_call
    if getattr(original, "intercepts", False):
        yield
        return

    def intercepted(client: Any, operation: str, parameters: dict[str, Any]) -> Any:
        service = client.meta.service_model.service_name
        answer = _served.get((service, operation))
        if answer is None:
            touches = footprint.of_sdk(service, operation, parameters)
            send = lambda: original(client, operation, parameters)  # noqa: E731
            return _pass_sdk(service, operation, send, touches)
        privileges.see(service, operation, parameters)  # nothing below will
        return point(
            service,
            operation,
            lambda: answer(parameters),
            # What it runs in this process makes points of its own.
            touches=footprint.NOTHING,
            lost=_raising(ReadTimeoutError(endpoint_url=service)),
            refused=_raising(_throttling(operation)),
        )

    intercepted.intercepts = True  # type: ignore[attr-defined]
    with patch.object(BaseClient, "_make_api_call", intercepted):
        yield


def point(
    service: str,
    operation: str,
    send: Callable[[], T],
    *,
    lost: Callable[[], T] | None = None,
    refused: Callable[[], T] | None = None,
    touches: Footprint = footprint.EVERYTHING,
) -> T:
    """A call without the AWS SDK below: point("http", "POST /holds", send).

    `lost` says what the caller gets when the answer is lost (a requests read time-out), `refused`
    when the remote refuses and does nothing (an unreachable host; give a 503 where it answers).
    """
    timed_out = lost or _raising(requests.exceptions.ReadTimeout(operation))
    unreachable = refused or _raising(requests.exceptions.ConnectionError(operation))

    def applied_but_lost() -> T:
        with suppress(Exception):
            send()
        return timed_out()

    remote = _Remote(send, applied_but_lost, applied_but_lost, unreachable)
    answer: T = _pass(service, operation, remote, touches)
    return answer


def _pass_sdk(service: str, operation: str, send: Callable[[], Any], touches: Footprint) -> Any:
    def with_wire_fault(fault: Fault) -> Any:
        with armed(fault, repeated=lambda: _ask(service, f"{operation} again")):
            return send()

    def applied_but_lost() -> Any:
        with suppress(Exception):
            send()
        raise ReadTimeoutError(endpoint_url=service)

    remote = _Remote(
        send,
        lambda: with_wire_fault(Fault.LOST_ANSWER),
        applied_but_lost,
        lambda: with_wire_fault(Fault.THROTTLED_ONCE),
    )
    return _pass(service, operation, remote, touches)


def _pass(service: str, operation: str, remote: _Remote, touches: Footprint) -> Any:
    if not _interceptors.get():
        return remote.send()
    match _ask(service, operation, touches):
        case None:
            return remote.send()
        case Fault.LOST_ANSWER:
            return remote.lost_once()
        case Fault.LOST_ANSWER_FINAL:
            return remote.lost()
        case Fault.THROTTLED_ONCE:
            return remote.refused_once()
        case Fault.AFTER:
            with suppress(Exception):
                remote.send()
    return _die()


def _ask(service: str, operation: str, touches: Footprint = footprint.EVERYTHING) -> Fault | None:
    """Asks every interceptor; the innermost fault wins. The dead do not call."""
    current = _process.get()
    if current is not None and current.dead:
        raise Crash
    call = Call(service, operation, call_site(), touches, _flow.get(), work_site())
    fault = None
    for interceptor in _interceptors.get():
        fault = interceptor(call) or fault
    return fault


def _die() -> Any:
    current = _process.get()
    if current is not None:
        current.dead = True
    raise Crash


def call_site() -> str:
    """file:line of the nearest frame inside functions/ or layers/, "-" when there is none."""
    return next(_our_frames(), "-")


def work_site() -> str:
    """As call_site, of the nearest frame that is no plumbing: a line of a use case."""
    return next((site for site in _our_frames() if not _PLUMBING.search(site)), "-")


def _our_frames() -> Iterator[str]:
    frame: FrameType | None = sys._getframe(1)
    while frame is not None:
        name = _our_file(frame.f_code.co_filename)
        if name is not None:
            yield f"{name}:{frame.f_lineno}"
        frame = frame.f_back


@cache
def _our_file(filename: str) -> str | None:
    path = os.path.abspath(filename)
    return os.path.relpath(path, ROOT) if path.startswith(_OURS) else None


def _raising(error: Exception) -> Callable[[], Any]:
    def fail() -> Any:
        raise error

    return fail


def _throttling(operation: str) -> ClientError:
    answer = {"Error": {"Code": "ThrottlingException", "Message": "slow down"}}
    return ClientError(answer, operation)
