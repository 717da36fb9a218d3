"""By hand: lists parked tasks of cash desks and arms them again."""

from contractor_merch_integration_api import wiring
from shared.parked import requeue_app

app = requeue_app("contractor_merch_integration_api-requeue_parked", wiring.tasks())
