"""POST /qr-partners/v1/admin/keys/revoke: a key dies, within 60 s everywhere (QP-12)."""

from qr_partners import wiring
from qr_partners.schema.keys import Key, RevokeKey
from shared.http import Request, endpoint, http_app

app = http_app("qr_partners-admin_keys_revoke")
api_keys = wiring.api_keys()


@endpoint(
    app,
    "POST",
    "/qr-partners/v1/admin/keys/revoke",
    input=RevokeKey,
    errors={404: ("key_not_found",)},
)
def admin_keys_revoke(request: Request[RevokeKey]) -> Key:
    return Key.of(api_keys.revoke(request.input.key_id, request.input.actor(request)))
