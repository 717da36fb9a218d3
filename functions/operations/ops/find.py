"""By hand: anything by any id, asked of every service."""

from operations import wiring
from shared.finding import Find
from shared.queue import ops_app

finding = wiring.finding()
app = ops_app("operations-find", lambda event: finding.find(Find.model_validate(event)))
