"""POST /fleet-payment-systems/v1/transactions/list: what the park's drivers were paid (FP-05)."""

from fleet_payment_systems import wiring
from fleet_payment_systems.schema.transactions import ListTransactions, TransactionPage
from shared.http import Request, endpoint, http_app

app = http_app("fleet_payment_systems-transactions_list")
listing = wiring.listing()
dispatchers = wiring.dispatchers()


@endpoint(
    app,
    "POST",
    "/fleet-payment-systems/v1/transactions/list",
    input=ListTransactions,
    errors={
        400: ("cursor_invalid", "park_required", "range_invalid"),
        403: ("caller_not_allowed",),
    },
    headers=("X-Park-Id",),
)
def transactions_list(request: Request[ListTransactions]) -> TransactionPage:
    asked = request.input
    wanted = asked.to_wanted(dispatchers.reader(request))
    return TransactionPage.of(listing.page(wanted, asked.cursor, asked.limit))
