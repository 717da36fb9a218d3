"""UzPaynet as one system: which of its two generations a wallet speaks is its profile."""

from datetime import datetime
from pathlib import Path
from typing import Final

from fleet_payment_systems.operations import Operation, Outcome
from fleet_payment_systems.providers import uzpaynet_rpc, uzpaynet_soap
from fleet_payment_systems.providers.base import TEXT_XML, Account, Spec, WireReply, WireRequest
from fleet_payment_systems.providers.uzpaynet import FIELDS, operation_of
from shared.xml import escape

_WSDL: Final = Path(__file__).with_name("uzpaynet.wsdl")
# What the file holds in place of a link; a copy of it is published with the documentation.
_ADDRESS: Final = "https://payments.example/fps/v1/uzpaynet/LINK"


class UzPaynet:
    spec = Spec(
        code="uzpaynet",
        title="Paynet (Uzbekistan)",
        country="UZ",
        currencies=("UZS",),
        profiles=("soap", uzpaynet_rpc.PROFILE),
        fields=FIELDS,
        methods=("GET", "POST"),
        instructions=(
            "Give Paynet the address {url}, the login and the password of this wallet, the name "
            "of the account parameter and the service id. Amounts come in tiyin. The WSDL is at "
            "{url}?wsdl (profile soap)."
        ),
        confirmed=True,
    )

    def describe(self, request: WireRequest, account: Account, url: str) -> WireReply | None:
        if request.method != "GET" or request.raw_query.lower() != "wsdl":
            return None
        if account.profile == uzpaynet_rpc.PROFILE:
            return None
        text = _WSDL.read_text(encoding="utf-8").replace(_ADDRESS, escape(url))
        return WireReply(text.encode(), TEXT_XML)

    def verify(self, request: WireRequest, account: Account) -> None:
        rpc = account.profile == uzpaynet_rpc.PROFILE
        (uzpaynet_rpc if rpc else uzpaynet_soap).verify(request, account)

    def decode(self, request: WireRequest, account: Account) -> Operation:
        rpc = account.profile == uzpaynet_rpc.PROFILE
        said = (uzpaynet_rpc if rpc else uzpaynet_soap).arguments(request)
        return operation_of(said, account)

    def encode(
        self,
        request: WireRequest,
        account: Account | None,
        operation: Operation | None,
        outcome: Outcome,
        now: datetime,
    ) -> WireReply:
        """A bad link's wallet, and so its profile, is unknown: then the body tells."""
        if account is not None:
            rpc = account.profile == uzpaynet_rpc.PROFILE
        else:
            rpc = request.body.lstrip()[:1] in {b"{", b"["}
        if rpc:
            return uzpaynet_rpc.encode(request, account, operation, outcome, now)
        return uzpaynet_soap.encode(request, account, operation, outcome, now)
