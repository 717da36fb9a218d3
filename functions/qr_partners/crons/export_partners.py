"""Every day: all restaurants as a file in the exports' bucket (QP-08)."""

from qr_partners import wiring
from shared.queue import cron_app

app = cron_app("qr_partners-export_partners", wiring.exporting().export)
