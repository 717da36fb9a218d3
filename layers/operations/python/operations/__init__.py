"""What wakes people: alarms go to the team's chat (AR-14)."""
