"""By hand: drives the dead-letter queue of cash desks back into its queue."""

from contractor_merch_integration_api import wiring
from shared.dead_letters import redrive_app

app = redrive_app("contractor_merch_integration_api-redrive", wiring.settings().queue_url_prefix)
