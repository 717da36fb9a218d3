"""By hand: drives a dead-letter queue of the taxi parks back into its queue."""

from fleet_payment_systems import wiring
from shared.dead_letters import redrive_app

app = redrive_app("fleet_payment_systems-redrive", wiring.settings().queue_url_prefix)
