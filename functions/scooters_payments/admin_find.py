"""GET /scooters-payments/v1/admin/find: a rider's deposits, or a session's, for support (SD-10)."""

from scooters_payments import wiring
from scooters_payments.schema import Deposits, Find
from shared.http import Request, endpoint, http_app

app = http_app("scooters_payments-admin_find")
support = wiring.support()


@endpoint(app, "GET", "/scooters-payments/v1/admin/find", input=Find)
def admin_find(request: Request[Find]) -> Deposits:
    wanted = request.input
    return Deposits.of(support.find(wanted.user_id or "", wanted.session_id or ""))
