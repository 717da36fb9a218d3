"""Task qr_order_cashback_notify: credited cashback is told to Eda and the guest (QO-19)."""

from typing import Any

from qr_orders import wiring
from qr_orders.schema.cashback import CashbackCredited
from qr_orders.task_names import CASHBACK_NOTIFY
from shared.queue import task_app

cashback = wiring.cashback()


def receive(message: dict[str, Any]) -> None:
    said = CashbackCredited.model_validate(message)
    cashback.receive(said.to_credit(), said.digest())


app = task_app(CASHBACK_NOTIFY, cashback.tasks, cashback.notify, intake=receive, attempts_max=None)
