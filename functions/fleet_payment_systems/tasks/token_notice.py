"""Task fps_token_notice: an e-mail to a park whose token ends (FP-17)."""

from fleet_payment_systems import wiring
from fleet_payment_systems.task_names import TOKEN_NOTICE
from shared.queue import task_app

app = task_app(TOKEN_NOTICE, wiring.tasks(), wiring.token_notices().send)
