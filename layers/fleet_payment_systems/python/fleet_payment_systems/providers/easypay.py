"""EasyPay, inbound (protocols, osmp-family 6): parameters in, XML out, as the OSMP family has it.

Profiles `armenia` and `ukraine` are the operators' documented interfaces, in files of their own.
"""

from datetime import datetime
from typing import Final

from fleet_payment_systems.operations import Operation, Outcome
from fleet_payment_systems.providers import easypay_armenia, easypay_ukraine
from fleet_payment_systems.providers.base import Account, Field, Spec, WireReply, WireRequest
from fleet_payment_systems.providers.osmp import BASIC, Osmp, renamed

_DOCUMENTED: Final = {
    easypay_armenia.PROFILE: easypay_armenia,
    easypay_ukraine.PROFILE: easypay_ukraine,
}
_SERVICE: Final = Field(
    "service_id",
    pattern="[0-9]{1,18}",
    help="the park's service at EasyPay: others are refused",
    profiles=tuple(_DOCUMENTED),
)
_SPEC: Final = Spec(
    code="easypay",
    title="EasyPay",
    country="UA",
    currencies=("UAH", "AMD"),
    profiles=("param_xml", *_DOCUMENTED),
    fields=(
        *(*BASIC, *renamed("command", "account", "txn", "sum"), _SERVICE),
        *(*easypay_armenia.FIELDS, *easypay_ukraine.FIELDS),
    ),
    methods=("GET", "POST"),
    instructions=(
        "Give EasyPay the address {url} (profile param_xml; confirm the names of parameters and "
        "elements), or to EasyPay in Armenia the same as the base address of its REST, with the "
        "HMAC key of this wallet (profile armenia), or to EasyPay in Ukraine with the public half "
        "of this wallet's RSA key (profile ukraine)."
    ),
    confirmed=False,
    below=("/api/{operation}",),
)
_OSMP: Final = Osmp(_SPEC)


class Easypay:
    spec = _SPEC

    def describe(self, request: WireRequest, account: Account, _url: str) -> WireReply | None:
        """The Armenian ping."""
        if account.profile != easypay_armenia.PROFILE:
            return None
        return easypay_armenia.pong(request)

    def verify(self, request: WireRequest, account: Account) -> None:
        _DOCUMENTED.get(account.profile, _OSMP).verify(request, account)

    def decode(self, request: WireRequest, account: Account) -> Operation:
        return _DOCUMENTED.get(account.profile, _OSMP).decode(request, account)

    def encode(
        self,
        request: WireRequest,
        account: Account | None,
        operation: Operation | None,
        outcome: Outcome,
        now: datetime,
    ) -> WireReply:
        profile = _guessed(request) if account is None else account.profile
        spoken = _DOCUMENTED.get(profile, _OSMP)
        return spoken.encode(request, account, operation, outcome, now)


def _guessed(request: WireRequest) -> str:
    """A bad link's wallet, and so its profile, is unknown: then the path tells, or the body."""
    if request.operation:
        return easypay_armenia.PROFILE
    return easypay_ukraine.PROFILE if easypay_ukraine.spoken(request) else ""
