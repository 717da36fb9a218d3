"""The sandbox's Paystack: initialize and verify (B.14), the payer on its page, its faults."""

from typing import Any

from sandbox import wiring
from sandbox.schema import paystack as schema
from sandbox.schema.bills import Payment
from sandbox.schema.faults import FaultOrder
from shared.http import Request, endpoint, http_app

app = http_app("sandbox-paystack")
bills = wiring.bills("paystack")
faults = wiring.faults("paystack")


@endpoint(app, "POST", "/paystack/faults", input=FaultOrder)
def arm_faults(request: Request[FaultOrder]) -> FaultOrder:
    faults.arm(**request.input.model_dump())
    return request.input


@endpoint(app, "POST", "/paystack/transaction/initialize", input=schema.Initialize)
@faults.meet
def initialize(request: Request[schema.Initialize]) -> object:
    if not _genuine(request):
        return schema.refused(401, "Invalid key")
    reference = request.input.reference
    if not bills.issue(request.input.to_bill()):
        known = {"type": "validation_error", "code": "duplicate_reference"}
        return schema.refused(400, "Duplicate Transaction Reference", **known)
    page = {
        "authorization_url": f"https://checkout.example/{reference}",
        "access_code": reference,
        "reference": reference,
    }
    return schema.ok("Authorization URL created", page)


@endpoint(app, "GET", "/paystack/transaction/verify/{reference}")
@faults.meet
def verify(request: Request[None]) -> object:
    if not _genuine(request):
        return schema.refused(401, "Invalid key")
    reference = request.path["reference"]
    row = bills.look(reference)
    if row is None:
        return schema.refused(404, "Transaction reference not found")
    return schema.ok("Verification successful", schema.transaction(reference, row))


@endpoint(app, "POST", "/paystack/transactions/{reference}/pay", input=Payment)
def pay(request: Request[Payment]) -> dict[str, Any]:
    """Answers with the webhook's body: whoever has the key signs it and sends it to the link."""
    reference = request.path["reference"]
    row = bills.pay(reference, request.input.to_money())
    return {"event": "charge.success", "data": schema.transaction(reference, row)}


@endpoint(app, "POST", "/paystack/transactions/{reference}/reject")
def reject(request: Request[None]) -> dict[str, Any]:
    reference = request.path["reference"]
    return {"data": schema.transaction(reference, bills.reject(reference))}


def _genuine(request: Request[Any]) -> bool:
    """Every key that looks like one, unless it has "wrong" in it."""
    told = request.headers.get("authorization", "")
    return told.startswith("Bearer sk_") and "wrong" not in told
