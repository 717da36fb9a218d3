"""By hand: a purchase or a task by whatever id somebody has of it."""

from contractor_merch_integration_api import wiring
from shared.finding import find_app, task

app = find_app("contractor_merch_integration_api-find", wiring.lookup().purchases, task)
