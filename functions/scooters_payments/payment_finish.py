"""POST /scooters-payments/v1/payment/finish: the deposit goes back (SD-13, SD-31)."""

from scooters_payments import wiring
from scooters_payments.model import Ended
from scooters_payments.schema import Finish, Finished
from shared.http import Request, endpoint, http_app

app = http_app("scooters_payments-payment_finish")
returns = wiring.returns()


@endpoint(app, "POST", "/scooters-payments/v1/payment/finish", input=Finish)
def payment_finish(request: Request[Finish]) -> Finished:
    wanted = request.input
    return Finished.of(returns.finish(wanted.session_id, Ended(wanted.reason), "finish"))
