"""By hand: a purchase, a client or a task by whatever id somebody has of it."""

from contractor_merch_integration_api import wiring
from shared.finding import find_app, task

lookup = wiring.lookup()
app = find_app("contractor_merch_integration_api-find", lookup.purchases, lookup.clients, task)
