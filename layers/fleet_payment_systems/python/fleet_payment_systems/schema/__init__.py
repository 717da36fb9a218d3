"""Wire models of the dispatchers' API. Sums and shares are decimal strings, moments ISO 8601."""
