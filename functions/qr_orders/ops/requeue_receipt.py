"""By hand: asks again for the receipts that never came (RC-12); its event says for which."""

from qr_orders import wiring
from qr_orders.schema.requeue import wish_of
from shared.queue import ops_app

requeue = wiring.requeue()
app = ops_app("qr_orders-requeue_receipt", lambda event: requeue.run(wish_of(event)))
