"""POST /qr-partners/v1/admin/update: a restaurant or a group is changed (QP-05)."""

from qr_partners import wiring
from qr_partners.schema import FullPartner
from qr_partners.schema.updates import GroupView, Update, Updated
from shared.http import Request, endpoint, http_app

app = http_app("qr_partners-admin_update")
updating = wiring.updating()


@endpoint(
    app,
    "POST",
    "/qr-partners/v1/admin/update",
    input=Update,
    errors={
        404: ("group_not_found", "partner_not_found"),
        409: ("address_taken", "stale_rev"),
        422: ("bad_terms", "bad_timezone", "inn_fixed"),
    },
)
def admin_update(request: Request[Update]) -> Updated:
    wanted, by = request.input, request.input.actor(request)
    if wanted.partner_id is not None:
        partner = updating.partner(wanted.partner_id, wanted.rev, wanted.edit_partner, by)
        return Updated(partner=FullPartner.of(partner))
    group = updating.group(wanted.group_id or "", wanted.rev, wanted.edit_group, by)
    return Updated(group=GroupView.of(group))
