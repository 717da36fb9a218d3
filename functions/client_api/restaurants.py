"""POST /4.0/qr-pay/v1/restaurants: the restaurants nearest to a guest (QA-03)."""

from client_api import wiring
from client_api.schema.restaurants import RestaurantsRequest, RestaurantsView
from shared.http import Request, endpoint, http_app

app = http_app("client_api-restaurants")
partners = wiring.restaurants()


@endpoint(app, "POST", "/4.0/qr-pay/v1/restaurants", input=RestaurantsRequest)
def restaurants(request: Request[RestaurantsRequest]) -> RestaurantsView:
    wanted = request.input
    return RestaurantsView.of(partners.near(wanted.where(), wanted.radius_m, wanted.limit))
