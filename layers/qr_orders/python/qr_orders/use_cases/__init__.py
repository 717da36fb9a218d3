"""What qr_orders does: orders, payments, receipts."""
