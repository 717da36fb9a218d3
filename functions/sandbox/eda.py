"""The sandbox's eda (SPEC B.2): documents in, fiscal receipts out, its faults."""

from http import HTTPStatus

from sandbox import wiring
from sandbox.eda import Pending
from sandbox.schema import eda as schema
from sandbox.schema.faults import FaultOrder
from shared.http import Reply, Request, endpoint, http_app

app = http_app("sandbox-eda")
documents = wiring.documents()
faults = wiring.faults("eda")


@endpoint(app, "POST", "/eda/faults", input=FaultOrder)
def arm_faults(request: Request[FaultOrder]) -> FaultOrder:
    faults.arm(**request.input.model_dump())
    return request.input


@endpoint(app, "PUT", "/eda/v1/invoices/{invoice_id}/documents/{version}", input=schema.Document)
@faults.meet
def put_document(request: Request[schema.Document]) -> Reply:
    document_id = schema.document_id(request.path)
    is_new = documents.put(document_id, request.input.to_document())
    status = HTTPStatus.ACCEPTED if is_new else HTTPStatus.OK
    return Reply(schema.DocumentAccepted(document_id=document_id), status)


@endpoint(
    app,
    "POST",
    "/eda/v1/invoices/{invoice_id}/documents/{version}/cashback",
    input=schema.CashbackCredit,
)
@faults.meet
def post_cashback(request: Request[schema.CashbackCredit]) -> schema.CashbackTaken:
    document_id, ticket_id = schema.document_id(request.path), request.input.ticket_id
    documents.credit(document_id, ticket_id, request.input.to_credit())
    return schema.CashbackTaken(document_id=document_id, ticket_id=ticket_id)


@endpoint(app, "GET", "/eda/v1/invoices/{invoice_id}/documents/{version}/receipt")
@faults.meet
def get_receipt(request: Request[None]) -> Reply:
    found = documents.receipt(schema.document_id(request.path))
    if isinstance(found, Pending):
        pending = schema.ReceiptPending(retry_after_sec=found.retry_after_s)
        return Reply(pending, HTTPStatus.ACCEPTED)
    return Reply(found)
