"""The reference of a CRUD endpoint, as the tutorials of Chalice, Pydantic and PynamoDB have it."""

from chalice.app import Chalice

from bench.references.orders import Bill, open_order

app = Chalice(app_name="plain")


@app.route("/qr-orders/v1/create", methods=["POST"])
def create() -> dict[str, str]:
    return open_order(Bill.model_validate(app.current_request.json_body))  # type: ignore[union-attr]
