"""The sandbox's contractor-merch-payments (SPEC B.13): codes, payments, a driver's app, faults."""

from typing import Any

from sandbox import wiring
from sandbox.merch_payments import payment_id_of
from sandbox.schema import merch_payments as schema
from sandbox.schema.faults import FaultOrder
from shared.clock import to_iso
from shared.http import Request, endpoint, http_app

app = http_app("sandbox-merch_payments")
payments = wiring.merch_payments()
faults = wiring.faults("merch_payments")


@endpoint(app, "POST", "/merch_payments/faults", input=FaultOrder)
def arm_faults(request: Request[FaultOrder]) -> FaultOrder:
    faults.arm(**request.input.model_dump())
    return request.input


@endpoint(app, "POST", "/merch_payments/v1/payments", input=schema.CreatePayment)
@faults.meet
def create(request: Request[schema.CreatePayment]) -> dict[str, Any]:
    return payments.create(request.input.to_payment())


@endpoint(app, "GET", "/merch_payments/v1/payments/{payment_id}")
@faults.meet
def get(request: Request[None]) -> dict[str, Any]:
    return payments.get(request.path["payment_id"])


@endpoint(app, "POST", "/merch_payments/v1/payments/{payment_id}/accept")
def accept(request: Request[None]) -> dict[str, Any]:
    return payments.accept(request.path["payment_id"])


@endpoint(app, "POST", "/merch_payments/v1/payments/{payment_id}/decline")
def decline(request: Request[None]) -> dict[str, Any]:
    return payments.decline(request.path["payment_id"])


@endpoint(app, "POST", "/merch_payments/v1/payments/{payment_id}/cancel")
@faults.meet
def cancel(request: Request[None]) -> dict[str, Any]:
    return payments.cancel(request.path["payment_id"])


@endpoint(app, "POST", "/merch_payments/v1/payments/{payment_id}/refunds", input=schema.GiveBack)
@faults.meet
def refund(request: Request[schema.GiveBack]) -> dict[str, Any]:
    wish = request.input
    return payments.refund(request.path["payment_id"], wish.refund_id, wish.amount)


@endpoint(app, "POST", "/merch_payments/v1/qr", input=schema.ShowQr)
def issue_qr(request: Request[schema.ShowQr]) -> dict[str, str]:
    code, ends_at = payments.issue_qr(request.input.driver_id)
    return {"qr_code": code, "expires_at": to_iso(ends_at)}


@endpoint(app, "GET", "/merch_payments/v1/find", input=schema.Find)
def find(request: Request[schema.Find]) -> dict[str, Any]:
    return payments.get(payment_id_of(request.input.idempotency_key))


@endpoint(app, "GET", "/merch_payments/v1/ledger/{payment_id}")
def get_ledger(request: Request[None]) -> dict[str, Any]:
    return {"entries": payments.ledger(request.path["payment_id"])}
