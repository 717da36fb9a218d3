"""A payment system whose protocol is plain JSON: the engine without any adapter's grammar."""

import hmac
import json
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from fleet_payment_systems.operations import (
    Cancel,
    ChangePassword,
    Check,
    Confirm,
    Operation,
    Outcome,
    Pay,
    Query,
    Result,
    Statement,
    Withdraw,
)
from fleet_payment_systems.providers.base import Account, Refused, Spec, WireReply, WireRequest
from shared.money import BadAmount, Money
from shared.secret import Secret

SPEC: Final = Spec(
    code="plain",
    title="Plain",
    country="XX",
    currencies=("UZS",),
    profiles=("default",),
    fields=(),
    methods=("POST",),
    instructions="{url}",
    confirmed=True,
)
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


class Plain:
    """{"op": "pay", "txn": "t-1", "account": "100245", "amount": "10.00"}; times are seconds."""

    spec = SPEC

    def verify(self, request: WireRequest, account: Account) -> None:
        password = account.credentials.get("password", Secret(""))
        told = request.headers.get("x-password", "")
        if not hmac.compare_digest(told.encode(), password.reveal().encode()):
            raise Refused(Result.AUTH_FAILED)

    def decode(self, request: WireRequest, account: Account) -> Operation:
        try:
            return _operation(json.loads(request.body), account.currency)
        except (KeyError, ValueError, BadAmount) as problem:
            raise Refused(Result.BAD_REQUEST) from problem

    def encode(
        self,
        request: WireRequest,
        account: Account | None,
        operation: Operation | None,
        outcome: Outcome,
        now: datetime,
    ) -> WireReply:
        found = outcome.transaction
        shown: dict[str, Any] = {
            "result": outcome.result.value,
            "tx_id": found and found.tx_id,
            "at": found and (outcome.at or found.created_at).isoformat(),
            "name": outcome.name or None,
            "balance": outcome.balance and str(outcome.balance),
            "statement": [one.txn for one in outcome.statement] or None,
        }
        kept = {name: value for name, value in shown.items() if value is not None}
        return WireReply(json.dumps(kept).encode(), "application/json")


def _operation(said: Any, currency: str) -> Operation:
    amount = Money.parse(said["amount"], currency) if "amount" in said else None
    match said["op"]:
        case "check":
            return Check(said["account"], amount)
        case "pay" | "register" as op:
            wanted, registers = amount or Money(0, currency), op == "register"
            return Pay(said["txn"], said["account"], wanted, _time(said), registers)
        case "query":
            return Query(said["txn"])
        case "cancel":
            return Cancel(said["txn"], said.get("account", ""), amount)
    return _further(said)


def _further(said: Any) -> Operation:
    match said["op"]:
        case "confirm":
            return Confirm(said["tx_id"])
        case "withdraw":
            return Withdraw(said["tx_id"])
        case "statement":
            return Statement(_moment(said["since"]), _moment(said["until"]))
        case "password":
            return ChangePassword(Secret(said["password"]))
    raise ValueError("op")


def _time(said: Any) -> datetime | None:
    return _moment(said["time"]) if "time" in said else None


def _moment(seconds: int) -> datetime:
    return _EPOCH + timedelta(seconds=seconds)
