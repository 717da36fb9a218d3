"""Restaurants, their groups and their API keys."""
