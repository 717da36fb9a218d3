"""Every morning: whose token ends soon is to be told, once a threshold (FP-17)."""

from fleet_payment_systems import wiring
from shared.queue import cron_app

app = cron_app("fleet_payment_systems-check_qiwi_tokens", wiring.token_watch().check)
