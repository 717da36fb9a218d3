"""Topic alerts: every alarm is told to the team's chat (AR-14, RC-24)."""

from operations import wiring
from shared.queue import topic_app

app = topic_app("operations-alert_to_chat", wiring.alerts().tell)
