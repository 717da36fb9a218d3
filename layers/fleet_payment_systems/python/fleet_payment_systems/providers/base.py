"""What an adapter is: it translates, it does no IO (STYLE 3.1, SPEC A.6.4).

The edge (fleet_payment_systems.edge) finds the wallet by its link, then calls
verify -> decode -> the use case -> encode. Whatever fails, the answer is the adapter's `encode`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, Protocol, runtime_checkable

from fleet_payment_systems.operations import Operation, Outcome, Result
from fleet_payment_systems.specs import Field as Field  # noqa: PLC0414 - adapters import it here
from fleet_payment_systems.specs import Spec as Spec  # noqa: PLC0414
from shared.money import Money
from shared.secret import Secret


@dataclass(frozen=True, slots=True)
class WireRequest:
    """A callback as it came: nothing decoded but the gateway's base64. Header names are lower.

    `operation` is what the path names below the link, for a system whose Spec has such paths.
    """

    method: str
    raw_query: str
    body: bytes
    headers: Mapping[str, str]
    source_ip: str
    operation: str = ""


@dataclass(frozen=True, slots=True)
class WireReply:
    body: bytes
    content_type: str
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Account:
    """What an adapter may know of the wallet; credentials are open, limits may be absent."""

    profile: str
    currency: str
    timezone: str
    settings: Mapping[str, str]
    credentials: Mapping[str, Secret]
    minimum: Money | None = None
    maximum: Money | None = None


class Refused(Exception):
    """A callback that cannot become an operation, or must not: answered with `result`.

    `detail` comes back to the adapter in the Outcome: a code that only its protocol has.
    """

    def __init__(self, result: Result, detail: str = "") -> None:
        super().__init__(result)
        self.result = result
        self.detail = detail


class Provider(Protocol):
    """A stateless translator; one instance serves every wallet of its system."""

    @property
    def spec(self) -> Spec: ...

    def verify(self, request: WireRequest, account: Account) -> None:
        """Login, signature: over raw bytes, in constant time. Raises Refused(AUTH_FAILED)."""
        ...

    def decode(self, request: WireRequest, account: Account) -> Operation:
        """Raises Refused on anything that is not exactly of the protocol."""
        ...

    def encode(
        self,
        request: WireRequest,
        account: Account | None,
        operation: Operation | None,
        outcome: Outcome,
        now: datetime,
    ) -> WireReply:
        """The protocol's answer. `account` is None when the link was bad, `operation` when the
        request could not be decoded: what must be echoed is then read leniently, or left out.
        """
        ...


@runtime_checkable
class Describing(Protocol):
    """A provider whose protocol has a description to fetch at the link itself, as SOAP's WSDL."""

    def describe(self, request: WireRequest, account: Account, url: str) -> WireReply | None:
        """The description, with `url` as the service's address; None when it is not asked for."""
        ...


TEXT_XML: Final = "text/xml; charset=utf-8"
