"""By hand: lists parked tasks of qr_orders and arms them again."""

from qr_orders import wiring
from shared.parked import requeue_app

app = requeue_app("qr_orders-requeue_parked", wiring.tasks())
