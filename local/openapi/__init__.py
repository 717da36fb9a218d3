"""OpenAPI 3.1 of every API, from its template and from what its functions register (0023)."""
