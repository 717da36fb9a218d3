"""POST /mobi/v1/authorize: a cash desk charges the driver whose QR code it has scanned (CM-05)."""

from contractor_merch_integration_api.edge import desk_app

app = desk_app("authorize")
