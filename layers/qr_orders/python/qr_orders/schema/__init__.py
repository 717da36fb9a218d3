"""Wire models of qr_orders, one module a group of endpoints."""
