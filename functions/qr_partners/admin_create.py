"""POST /qr-partners/v1/admin/create: a restaurant, alone or with a new group and key (QP-04)."""

from qr_partners import wiring
from qr_partners.schema.restaurants import Create, PartnerCreated
from shared.http import Request, endpoint, http_app

app = http_app("qr_partners-admin_create")
admin = wiring.admin()


@endpoint(
    app,
    "POST",
    "/qr-partners/v1/admin/create",
    input=Create,
    errors={
        400: ("idempotency_key_invalid", "idempotency_key_required"),
        404: ("group_not_found",),
        409: ("address_taken", "external_id_taken", "request_in_progress"),
        422: ("bad_terms", "bad_timezone", "group_full", "idempotency_mismatch"),
    },
)
def admin_create(request: Request[Create]) -> PartnerCreated:
    wanted = request.input
    mark = wanted.mark("create", request)
    found = admin.create(wanted.to_new_restaurant(), wanted.actor(request), mark)
    return PartnerCreated.of(found)
