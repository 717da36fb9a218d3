"""The sandbox's fleet transactions and drivers (SPEC B.9), its faults."""

from typing import Any

from sandbox import drivers, wiring
from sandbox.schema import fleet_transactions as schema
from sandbox.schema.faults import FaultOrder
from shared.errors import InvalidRequest, NotFound
from shared.http import Request, endpoint, http_app

app = http_app("sandbox-fleet_transactions")
books = wiring.books()
faults = wiring.faults("fleet_transactions")


@endpoint(app, "POST", "/fleet_transactions/faults", input=FaultOrder)
def arm_faults(request: Request[FaultOrder]) -> FaultOrder:
    faults.arm(**request.input.model_dump())
    return request.input


@endpoint(app, "GET", "/fleet_transactions/v1/parks/{park_id}/driver-profiles", input=schema.Lookup)
@faults.meet
def find_driver(request: Request[schema.Lookup]) -> dict[str, Any]:
    found = drivers.find(request.input.account)
    if found is None:
        raise NotFound("driver_not_found")
    return {
        "driver_id": found.driver_id,
        "name_masked": found.name_masked,
        "status": found.status,
    }


@endpoint(
    app,
    "POST",
    "/fleet_transactions/v1/parks/{park_id}/driver-profiles/{driver_id}/transactions",
    input=schema.NewTransaction,
)
@faults.meet
def record(request: Request[schema.NewTransaction]) -> dict[str, Any]:
    token = request.headers.get("x-idempotency-token", "")
    if not token:
        raise InvalidRequest("idempotency_token_required")
    park_id, driver_id = request.path["park_id"], request.path["driver_id"]
    return {"transaction_id": books.record(park_id, driver_id, token, request.input.to_row())}


@endpoint(app, "GET", "/fleet_transactions/v1/ledger/{park_id}")
def get_ledger(request: Request[None]) -> dict[str, Any]:
    return {"transactions": books.of_park(request.path["park_id"])}
