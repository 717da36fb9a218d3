"""EasyPay, inbound (protocols, osmp-family 6): parameters in, XML out, as the OSMP family has it.

Profile `armenia` is the operator's documented REST, in a file of its own.
"""

from datetime import datetime
from typing import Final

from fleet_payment_systems.operations import Operation, Outcome
from fleet_payment_systems.providers import easypay_armenia
from fleet_payment_systems.providers.base import Account, Spec, WireReply, WireRequest
from fleet_payment_systems.providers.osmp import BASIC, Osmp, renamed

_SPEC: Final = Spec(
    code="easypay",
    title="EasyPay",
    country="UA",
    currencies=("UAH", "AMD"),
    profiles=("param_xml", easypay_armenia.PROFILE),
    fields=(*BASIC, *renamed("command", "account", "txn", "sum"), *easypay_armenia.FIELDS),
    methods=("GET", "POST"),
    instructions=(
        "Give EasyPay the address {url} (profile param_xml; confirm the names of parameters and "
        "elements), or to EasyPay in Armenia the same as the base address of its REST, with the "
        "HMAC key of this wallet (profile armenia)."
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
        if account.profile == easypay_armenia.PROFILE:
            easypay_armenia.verify(request, account)
        else:
            _OSMP.verify(request, account)

    def decode(self, request: WireRequest, account: Account) -> Operation:
        if account.profile == easypay_armenia.PROFILE:
            return easypay_armenia.decode(request, account)
        return _OSMP.decode(request, account)

    def encode(
        self,
        request: WireRequest,
        account: Account | None,
        operation: Operation | None,
        outcome: Outcome,
        now: datetime,
    ) -> WireReply:
        """A bad link's wallet, and so its profile, is unknown: then the path tells."""
        other = bool(request.operation)
        if account is not None:
            other = account.profile == easypay_armenia.PROFILE
        encode = easypay_armenia.encode if other else _OSMP.encode
        return encode(request, account, operation, outcome, now)
