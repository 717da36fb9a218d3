"""POST /qr-partners/v1/admin/keys/list: the keys of a group, never their texts (QP-12)."""

from qr_partners import wiring
from qr_partners.schema.keys import Keys, ListKeys
from shared.http import Request, endpoint, http_app

app = http_app("qr_partners-admin_keys_list")
api_keys = wiring.api_keys()


@endpoint(
    app,
    "POST",
    "/qr-partners/v1/admin/keys/list",
    input=ListKeys,
    errors={404: ("group_not_found",)},
)
def admin_keys_list(request: Request[ListKeys]) -> Keys:
    wanted = request.input
    found = api_keys.list_keys(wanted.group_id, wanted.cursor, wanted.limit)
    return Keys.of(found, wanted.limit)
