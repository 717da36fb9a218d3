"""What an adapter is: it translates, it does no IO (CM-01, CM-17).

The edge (contractor_merch_integration_api.edge) finds the client, then calls
verify -> decode -> the use case -> encode. Whatever fails, the answer is the adapter's `encode`.
"""

import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any, Final, Protocol

from contractor_merch_integration_api.operations import Operation, Outcome
from shared.clock import from_ms
from shared.secret import Secret

REPLAY_WINDOW: Final = timedelta(seconds=300)
_SECONDS: Final = re.compile(r"[1-9][0-9]{9}", re.ASCII)
_HEX: Final = re.compile(r"[0-9a-f]{64}", re.ASCII)


@dataclass(frozen=True, slots=True)
class WireRequest:
    """A call as it came. Header names are lower-case; `operation` is the end of the path."""

    operation: str
    headers: Mapping[str, str]
    body: bytes
    source_ip: str


@dataclass(frozen=True, slots=True)
class WireReply:
    """`body` is a wire model of the adapter."""

    status: int
    body: object


class Malformed(Exception):
    """A request that cannot become an operation: `field` is what is wrong with it."""

    def __init__(self, field: str) -> None:
        super().__init__(field)
        self.field = field


@dataclass(frozen=True, slots=True)
class Described:
    """What OpenAPI says of an adapter: its models by operation, its refusal, its headers."""

    requests: Mapping[str, type]
    answer: type
    failure: type
    headers: tuple[str, ...]


class Aggregator(Protocol):
    """A stateless translator; one instance serves every client of its aggregator."""

    @property
    def code(self) -> str:
        """The first word of its paths: /<code>/v1/<operation>."""
        ...

    @property
    def described(self) -> Described: ...

    def client_id(self, request: WireRequest) -> str:
        """Who the caller says he is; "" when he does not."""
        ...

    def verify(self, request: WireRequest, secret: Secret, now: datetime) -> bool:
        """Whether the raw bytes are signed with `secret`, now. In constant time."""
        ...

    def decode(self, request: WireRequest) -> Operation:
        """Raises Malformed on anything that is not exactly of the protocol."""
        ...

    def encode(self, operation: Operation | None, outcome: Outcome, now: datetime) -> WireReply:
        """The protocol's answer; `operation` is None when there was none to decode."""
        ...


def recent(seconds: str, now: datetime) -> bool:
    """Whether a timestamp in whole seconds lies within the replay window, both ends included."""
    if _SECONDS.fullmatch(seconds) is None:
        return False
    return abs(now - from_ms(int(seconds) * 1000)) <= REPLAY_WINDOW


def signed(secret: Secret, message: bytes, signature: str) -> bool:
    """Whether `signature` is the lower-case hex HMAC-SHA256 of `message`, in constant time."""
    if _HEX.fullmatch(signature) is None:
        return False
    expected = hmac.digest(secret.reveal().encode(), message, sha256).hex()
    return hmac.compare_digest(expected, signature)


def shown(values: Mapping[str, Any]) -> dict[str, Any]:
    """Without what is not there."""
    return {name: value for name, value in values.items() if value is not None}
