"""The sandbox's billing (SPEC B.8): drivers' balances, their ledger, its faults."""

from typing import Any

from sandbox import wiring
from sandbox.schema import billing as schema
from sandbox.schema.faults import FaultOrder
from shared.http import Request, endpoint, http_app

app = http_app("sandbox-billing")
balances = wiring.balances()
faults = wiring.faults("billing")


@endpoint(app, "POST", "/billing/faults", input=FaultOrder)
def arm_faults(request: Request[FaultOrder]) -> FaultOrder:
    faults.arm(**request.input.model_dump())
    return request.input


@endpoint(app, "POST", "/billing/v1/balance/entries", input=schema.NewEntry)
@faults.meet
def enter(request: Request[schema.NewEntry]) -> dict[str, Any]:
    entry_id, balance = balances.enter(request.input.to_entry())
    return {"entry_id": entry_id, "balance_after": str(balance)}


@endpoint(app, "GET", "/billing/v1/balance", input=schema.Account)
@faults.meet
def get_balance(request: Request[schema.Account]) -> dict[str, Any]:
    balance = balances.balance(request.input.park_id, request.input.driver_id)
    return {"balance": str(balance), "currency": balance.currency}


@endpoint(app, "GET", "/billing/v1/ledger", input=schema.Account)
def get_ledger(request: Request[schema.Account]) -> dict[str, Any]:
    return {"entries": balances.ledger(request.input.park_id, request.input.driver_id)}
