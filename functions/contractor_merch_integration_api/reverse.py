"""POST /mobi/v1/reverse: makes a purchase not have happened, known or not (CM-22)."""

from contractor_merch_integration_api.edge import desk_app

app = desk_app("reverse")
