"""POST /qr-partners/v1/admin/find: restaurants by address, INN, name and so on (QP-06)."""

from qr_partners import wiring
from qr_partners.schema.found import Find, Found
from shared.http import Request, endpoint, http_app

app = http_app("qr_partners-admin_find")
finding = wiring.finding()


@endpoint(app, "POST", "/qr-partners/v1/admin/find", input=Find)
def admin_find(request: Request[Find]) -> Found:
    wanted = request.input
    return Found.of(*finding.find(wanted.to_criteria(), wanted.cursor, wanted.limit))
