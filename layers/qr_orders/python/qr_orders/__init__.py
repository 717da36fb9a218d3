"""QR orders: a restaurant's bill, its payment, its receipts."""
