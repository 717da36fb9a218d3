"""Task merch_check_payment: looks at an open purchase, and at each refund, until it is known."""

from contractor_merch_integration_api import wiring
from contractor_merch_integration_api.task_names import CHECK_PAYMENT
from shared.queue import task_app

app = task_app(CHECK_PAYMENT, wiring.tasks(), wiring.checks().check, attempts_max=None)
