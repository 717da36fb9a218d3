"""The sandbox's transactions service (SPEC B.1): versioned invoices, their ledger, its faults."""

from sandbox import wiring
from sandbox.schema import transactions as schema
from sandbox.schema.faults import FaultOrder
from shared.http import Request, endpoint, http_app

app = http_app("sandbox-transactions")
invoices = wiring.invoices()
faults = wiring.faults("transactions")


@endpoint(app, "POST", "/transactions/faults", input=FaultOrder)
def arm_faults(request: Request[FaultOrder]) -> FaultOrder:
    faults.arm(**request.input.model_dump())
    return request.input


@endpoint(app, "POST", "/transactions/v1/invoices", input=schema.CreateInvoice)
@faults.meet
def create(request: Request[schema.CreateInvoice]) -> schema.Created:
    return schema.Created.of(invoices.create(request.input.to_draft()))


@endpoint(app, "GET", "/transactions/v1/invoices/{invoice_id}")
@faults.meet
def retrieve(request: Request[None]) -> schema.InvoiceView:
    return schema.InvoiceView.of(invoices.get(request.path["invoice_id"]))


@endpoint(app, "POST", "/transactions/v1/invoices/{invoice_id}/update", input=schema.UpdateInvoice)
@faults.meet
def update(request: Request[schema.UpdateInvoice]) -> schema.Accepted:
    invoice = invoices.update(request.path["invoice_id"], request.input.to_update)
    return schema.Accepted.of(invoice, request.input.operation_id)


@endpoint(app, "POST", "/transactions/v1/invoices/{invoice_id}/clear", input=schema.ClearInvoice)
@faults.meet
def clear(request: Request[schema.ClearInvoice]) -> schema.Accepted:
    invoice = invoices.clear(request.path["invoice_id"], request.input.operation_id)
    return schema.Accepted.of(invoice, request.input.operation_id)


@endpoint(app, "POST", "/transactions/invoices/{invoice_id}/confirm-3ds")
def confirm_3ds(request: Request[None]) -> schema.Created:
    """In the guest's place: no fault spoils it, as it is no part of the contract."""
    return schema.Created.of(invoices.confirm_3ds(request.path["invoice_id"]))


@endpoint(app, "GET", "/transactions/v1/ledger/{invoice_id}")
def ledger(request: Request[None]) -> schema.LedgerView:
    return schema.LedgerView.of(*invoices.ledger(request.path["invoice_id"]))
