"""What a cash desk may ask, and what the task does about it."""
