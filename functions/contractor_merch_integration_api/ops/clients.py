"""By hand: an aggregator's client is made, gets a new secret, is switched off (CM-25)."""

from contractor_merch_integration_api import wiring
from contractor_merch_integration_api.schema import fulfilled
from shared.queue import ops_app

clients = wiring.clients()
app = ops_app("contractor_merch_integration_api-clients", lambda event: fulfilled(clients, event))
