"""What scooters_payments does."""
