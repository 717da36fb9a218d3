"""POST /fleet-payment-systems/v1/transactions/export: orders a file of transactions (FP-06)."""

from fleet_payment_systems import wiring
from fleet_payment_systems.schema.transactions import ExportTransactions, ExportView
from shared.http import Reply, Request, endpoint, http_app

app = http_app("fleet_payment_systems-transactions_export")
exports = wiring.exports()
dispatchers = wiring.dispatchers()


@endpoint(
    app,
    "POST",
    "/fleet-payment-systems/v1/transactions/export",
    input=ExportTransactions,
    answer=ExportView,
    statuses=(202,),
    errors={
        400: ("idempotency_key_invalid", "operator_required", "park_required", "range_invalid"),
        403: ("caller_not_allowed",),
        422: ("idempotency_mismatch",),
    },
    headers=("X-Park-Id", "X-User-Id"),
)
def transactions_export(request: Request[ExportTransactions]) -> Reply:
    by = dispatchers.author(request)
    export = exports.order(by, request.input.to_order(by, request))
    return Reply(ExportView.of(export, exports), 202)
