"""The queues of qr_orders, as the source names them (SPEC 0.2, 3). A task id starts with one."""

from typing import Final

CALLBACK: Final = "qr_orders_transactions_callback"
CHECK_PAYMENT: Final = "qr_order_check_payment"
CANCEL: Final = "qr_orders_cancel"
CLOSE: Final = "qr_orders_close"
EXPIRED: Final = "qr_order_expired"
UPDATE_TRANSACTIONS: Final = "qr_order_update_transactions"
PROCESS_CLEARED: Final = "qr_order_process_cleared"
CASHBACK_NOTIFY: Final = "qr_order_cashback_notify"
RENDER_RECEIPT: Final = "qr_order_render_receipt"
COMPARE_INVOICES: Final = "qr_orders_compare_invoices"
