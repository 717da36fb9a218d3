"""POST /4.0/qr-pay/v1/restaurant: one restaurant, what anybody may know of it (QA-04)."""

from client_api import wiring
from client_api.schema.restaurants import RestaurantRequest, RestaurantView
from shared.http import Request, endpoint, http_app

app = http_app("client_api-restaurant")
partners = wiring.restaurants()


@endpoint(
    app,
    "POST",
    "/4.0/qr-pay/v1/restaurant",
    input=RestaurantRequest,
    errors={404: ("partner_not_found",)},
)
def restaurant(request: Request[RestaurantRequest]) -> RestaurantView:
    return RestaurantView.of(partners.page(request.input.partner_id))
