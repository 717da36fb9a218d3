"""Queue scooters_payments_ride_events: rides that ended or were paid, from the bus (SD-17)."""

from typing import Any

from scooters_payments import wiring
from scooters_payments.schema import RideEvent
from scooters_payments.task_names import RIDE_EVENTS
from shared.queue import task_app

events = wiring.ride_events()


def receive(message: dict[str, Any]) -> None:
    said = RideEvent.model_validate(message)
    events.receive(said.detail.session_id, said.by())


app = task_app(RIDE_EVENTS, events.tasks, wiring.returns().end, intake=receive, attempts_max=None)
