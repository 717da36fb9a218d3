"""A second aggregator, whole: forms, text numbers, its own header and words; pays in tenge."""

from datetime import datetime, timedelta
from typing import Final
from urllib.parse import parse_qsl

from contractor_merch_integration_api.aggregators.base import (
    Described,
    Malformed,
    WireReply,
    WireRequest,
    signed,
)
from contractor_merch_integration_api.operations import (
    Authorize,
    GiveBack,
    Operation,
    Outcome,
    Result,
    Reverse,
    Status,
)
from shared.money import BadAmount, Money
from shared.secret import Secret
from shared.wire import Answer, Wire

WORDS: Final = {Result.OK: "done", Result.WAITING_USER: "wait", Result.AUTH: "stranger"}


class KioskRequest(Wire):
    """A form, in truth."""


class KioskAnswer(Answer):
    word: str
    paid: bool = False


class Kiosk:
    code = "kiosk"
    described = Described(
        dict.fromkeys(("authorize", "status", "reverse", "refund"), KioskRequest),
        KioskAnswer,
        KioskAnswer,
        (),
    )

    def client_id(self, request: WireRequest) -> str:
        return request.headers.get("x-kiosk", "").partition(":")[0]

    def verify(self, request: WireRequest, secret: Secret, now: datetime) -> bool:
        return signed(secret, request.body, request.headers.get("x-kiosk", "").partition(":")[2])

    def decode(self, request: WireRequest) -> Operation:
        said = dict(parse_qsl(request.body.decode()))
        try:
            match request.operation:
                case "authorize":
                    return self._authorize(said)
                case "refund":
                    return GiveBack(said["n"], said["part"], Money.parse(said["sum"], "KZT"))
                case "reverse":
                    return Reverse(said["n"])
            return Status(said["n"])
        except (KeyError, BadAmount):
            raise Malformed("form") from None

    def encode(self, operation: Operation | None, outcome: Outcome, now: datetime) -> WireReply:
        word = WORDS.get(outcome.result, "no")
        paid = outcome.purchase is not None and outcome.purchase.state == "PAID"
        return WireReply(200, KioskAnswer(word=word, paid=paid))

    def _authorize(self, said: dict[str, str]) -> Authorize:
        return Authorize(
            trn=said["n"],
            qr=said["code"],
            amount=Money.parse(said["sum"], "KZT"),
            merchant_id=said["shop"],
            merchant_name=said["shop"],
            terminal_id="",
            description="",
            patience=timedelta(seconds=60),
        )
