"""POST /scooters-payments/v1/payment/update: another amount for a held deposit (SD-14)."""

from scooters_payments import wiring
from scooters_payments.schema import Update, Updated
from shared.http import Request, endpoint, http_app

app = http_app("scooters_payments-payment_update")
resizes = wiring.resizes()


@endpoint(
    app,
    "POST",
    "/scooters-payments/v1/payment/update",
    input=Update,
    errors={
        404: ("deposit_not_found",),
        409: ("not_held", "version_conflict"),
        422: ("amount_too_large", "bad_amount", "update_disabled"),
    },
)
def payment_update(request: Request[Update]) -> Updated:
    wanted = request.input
    return Updated.of(resizes.update(wanted.session_id, wanted.version, wanted.amount))
