"""By hand: a deposit or a task by whatever id somebody has of it."""

from scooters_payments import wiring
from shared.finding import find_app, task

app = find_app("scooters_payments-find", wiring.lookup().deposits, task)
