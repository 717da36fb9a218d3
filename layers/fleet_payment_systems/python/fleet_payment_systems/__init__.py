"""Taxi parks take payments: wallets, secret links, callbacks of payment systems, credits."""
