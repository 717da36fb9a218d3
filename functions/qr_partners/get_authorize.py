"""POST /qr-partners/v1/get-authorize: whose this API key is, and its restaurants (QP-01)."""

from qr_partners import schema, wiring
from shared.http import Request, endpoint, http_app

app = http_app("qr_partners-get_authorize")
api_keys = wiring.api_keys()
# Its one caller keeps the answer for 60 s, all the time a change may take to be seen.
grants = wiring.grants(kept_s=0)


@endpoint(
    app,
    "POST",
    "/qr-partners/v1/get-authorize",
    "/qr-partner/v1/get-authorize",
    input=schema.GetAuthorize,
    errors={401: ("api_key_unknown",)},
)
def get_authorize(request: Request[schema.GetAuthorize]) -> schema.Authorized:
    grant = grants.of(request.input.api_key)
    return schema.Authorized.of(grant, api_keys.restaurants(grant))
