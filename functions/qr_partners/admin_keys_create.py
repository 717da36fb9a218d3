"""POST /qr-partners/v1/admin/keys/create: one more key of a group, shown once (QP-12)."""

from qr_partners import wiring
from qr_partners.schema.keys import CreateKey, KeyCreated
from shared.http import Request, endpoint, http_app

app = http_app("qr_partners-admin_keys_create")
api_keys = wiring.api_keys()


@endpoint(
    app,
    "POST",
    "/qr-partners/v1/admin/keys/create",
    input=CreateKey,
    errors={
        400: ("idempotency_key_invalid", "idempotency_key_required"),
        404: ("group_not_found", "key_not_found", "partner_not_found"),
        409: ("key_in_use", "request_in_progress"),
        422: ("bad_expiry", "idempotency_mismatch"),
    },
)
def admin_keys_create(request: Request[CreateKey]) -> KeyCreated:
    wanted = request.input
    text, key = api_keys.issue_once(
        wanted.group_id,
        wanted.to_new_key(),
        wanted.actor(request),
        wanted.mark("keys_create", request),
    )
    return KeyCreated.of(text, key)
