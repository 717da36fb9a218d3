"""Deposits of scooter rides: held at the booking, always returned after the ride (SPEC A.8)."""
