"""Every minute: expires unpaid orders whose tills have fallen silent (QI-04)."""

from qr_partner_integration import wiring
from shared.queue import cron_app

app = cron_app("qr_partner_integration-check_external_activity", wiring.activity_check().run)
