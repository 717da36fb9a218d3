"""The sandbox's QIWI: bills by ishop XML (B.14), the payer in front of it, its faults."""

from typing import Any

from sandbox import wiring
from sandbox.schema import qiwi as schema
from sandbox.schema.bills import Payment
from sandbox.schema.faults import FaultOrder
from shared.errors import NotFound
from shared.http import Reply, Request, Text, endpoint, http_app

app = http_app("sandbox-qiwi")
bills = wiring.bills("qiwi")
faults = wiring.faults("qiwi")
_XML = "text/xml"


@endpoint(app, "POST", "/qiwi/faults", input=FaultOrder)
def arm_faults(request: Request[FaultOrder]) -> FaultOrder:
    faults.arm(**request.input.model_dump())
    return request.input


@endpoint(app, "POST", "/qiwi/xml", accepts=_XML)
@faults.meet
def xml(request: Request[None]) -> Reply:
    order = schema.order_of(request.raw_body)
    if not order.genuine:
        return Reply(schema.result(150))
    match order.kind:
        case "30":
            return Reply(schema.result(0 if bills.issue(order.to_bill()) else 215))
        case "33":
            found = ((number, bills.look(number)) for number in order.numbers)
            return Reply(schema.listed([(number, row) for number, row in found if row is not None]))
        case "29":
            return Reply(_cancelled(order.extras.get("txn-id", "")))
    return Reply(schema.result(300))


@endpoint(app, "POST", "/qiwi/bills/{txn_id}/pay", input=Payment)
def pay(request: Request[Payment]) -> dict[str, Any]:
    row = bills.pay(request.path["txn_id"], request.input.to_money())
    return {"txn_id": request.path["txn_id"], "status": row.status}


@endpoint(app, "POST", "/qiwi/bills/{txn_id}/reject")
def reject(request: Request[None]) -> dict[str, Any]:
    row = bills.reject(request.path["txn_id"])
    return {"txn_id": request.path["txn_id"], "status": row.status}


def _cancelled(number: str) -> Text:
    try:
        return schema.result(0 if bills.cancel(number) else 300)
    except NotFound:
        return schema.result(210)
