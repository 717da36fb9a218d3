"""The sandbox's cashback (SPEC B.4): its books and its faults; it hears in subscribers/."""

from sandbox import wiring
from sandbox.schema.cashback import CashbackLedger
from sandbox.schema.faults import FaultOrder
from shared.http import Request, endpoint, http_app

app = http_app("sandbox-cashback")
cashback = wiring.cashback()
faults = wiring.faults("cashback")


@endpoint(app, "POST", "/cashback/faults", input=FaultOrder)
def arm_faults(request: Request[FaultOrder]) -> FaultOrder:
    faults.arm(**request.input.model_dump())
    return request.input


@endpoint(app, "GET", "/cashback/v1/ledger/{order_id}")
def get_ledger(request: Request[None]) -> CashbackLedger:
    order_id = request.path["order_id"]
    return CashbackLedger.of(order_id, *cashback.ledger(order_id))
