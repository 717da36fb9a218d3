"""POST /qr-partners/v1/get-near: the nearest restaurants, nearest first (QP-03)."""

from qr_partners import wiring
from qr_partners.schema.places import GetNear, NearPartners
from shared.http import Request, endpoint, http_app

app = http_app("qr_partners-get_near")
places = wiring.places()


@endpoint(app, "POST", "/qr-partners/v1/get-near", "/qr-partner/v1/get-near", input=GetNear)
def get_near(request: Request[GetNear]) -> NearPartners:
    return NearPartners.of(places.near(request.input.to_near()))
