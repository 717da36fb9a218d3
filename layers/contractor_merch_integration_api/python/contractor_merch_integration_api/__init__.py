"""Purchases at cash desks from a driver's balance: aggregators in front, merch payments behind."""
