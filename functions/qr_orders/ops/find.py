"""By hand: an order or a task by whatever id somebody has of it."""

from qr_orders import wiring
from shared.finding import find_app, task

app = find_app("qr_orders-find", wiring.lookup().order, task)
