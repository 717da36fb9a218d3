"""POST /scooters-payments/v1/admin/return: support gives a deposit back (SD-10)."""

from scooters_payments import wiring
from scooters_payments.schema import Finished, Return
from shared.http import Request, endpoint, http_app

app = http_app("scooters_payments-admin_return")
returns = wiring.returns()


@endpoint(
    app,
    "POST",
    "/scooters-payments/v1/admin/return",
    input=Return,
    errors={404: ("deposit_not_found",)},
)
def admin_return(request: Request[Return]) -> Finished:
    wanted = request.input
    return Finished.of(returns.give_back(wanted.session_id, wanted.operator))
