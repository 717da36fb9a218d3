"""By hand: drives a dead-letter queue of qr_orders back into its queue."""

from qr_orders import wiring
from shared.dead_letters import redrive_app

app = redrive_app("qr_orders-redrive", wiring.settings().queue_url_prefix)
