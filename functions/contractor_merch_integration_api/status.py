"""POST /mobi/v1/status: what became of a purchase (CM-09)."""

from contractor_merch_integration_api.edge import desk_app

app = desk_app("status")
