"""Wire models of the guests' API (SPEC A.3.5), one module a group of endpoints."""
