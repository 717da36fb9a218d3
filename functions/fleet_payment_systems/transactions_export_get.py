"""GET /fleet-payment-systems/v1/transactions/export/{export_id}: state, totals, link (FP-06)."""

from fleet_payment_systems import wiring
from fleet_payment_systems.schema.transactions import ExportView
from shared.http import Request, endpoint, http_app

app = http_app("fleet_payment_systems-transactions_export_get")
exports = wiring.exports()
dispatchers = wiring.dispatchers()


@endpoint(
    app,
    "GET",
    "/fleet-payment-systems/v1/transactions/export/{export_id}",
    errors={400: ("park_required",), 403: ("caller_not_allowed",), 404: ("export_not_found",)},
    headers=("X-Park-Id",),
)
def transactions_export_get(request: Request[None]) -> ExportView:
    found = exports.get(dispatchers.reader(request), request.path["export_id"])
    return ExportView.of(found, exports)
