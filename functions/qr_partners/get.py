"""GET /qr-partners/v1/get: one restaurant by id, public or full fields (QP-02)."""

from qr_partners import schema, wiring
from shared.http import Request, endpoint, http_app

app = http_app("qr_partners-get")
partners = wiring.partners()

_VIEWS: dict[str, type[schema.PublicPartner]] = {
    "public": schema.PublicPartner,
    "full": schema.FullPartner,
}


@endpoint(
    app, "GET", "/qr-partners/v1/get", input=schema.GetPartner, errors={404: ("partner_not_found",)}
)
def get(request: Request[schema.GetPartner]) -> schema.PublicPartner | schema.FullPartner:
    restaurant = partners.get(request.input.partner_id)
    return _VIEWS[request.input.fields].of(restaurant)
