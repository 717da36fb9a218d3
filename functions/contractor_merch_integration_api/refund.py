"""POST /mobi/v1/refund: gives a part of a paid purchase back (CM-22)."""

from contractor_merch_integration_api.edge import desk_app

app = desk_app("refund")
