"""POST /qr-partners/v1/admin/import: the two old configs become groups and restaurants (QP-10)."""

from qr_partners import wiring
from qr_partners.schema import legacy
from shared.http import Request, endpoint, http_app

app = http_app("qr_partners-admin_import")
importing = wiring.importing()


@endpoint(app, "POST", "/qr-partners/v1/admin/import", input=legacy.Import)
def admin_import(request: Request[legacy.Import]) -> legacy.Imported:
    wanted = request.input
    report = importing.import_configs(
        legacy.read(wanted.groups, wanted.restaurants),
        wanted.actor(request),
        dry_run=wanted.dry_run,
    )
    return legacy.Imported.of(report, wanted.dry_run)
