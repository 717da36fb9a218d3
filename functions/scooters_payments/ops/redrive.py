"""By hand: drives a dead-letter queue of the deposits back into its queue."""

from scooters_payments import wiring
from shared.dead_letters import redrive_app

app = redrive_app("scooters_payments-redrive", wiring.settings().queue_url_prefix)
