"""Once a day all restaurants as a file that others read (QP-08)."""

import gzip
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from qr_partners.model import Restaurant
from qr_partners.ports import Files
from qr_partners.use_cases.finding import Finding
from shared.clock import Clock, to_iso

SCHEMA: Final = Path(__file__).parent.parent / "exports" / "schemas" / "qr_partners.json"


@dataclass(frozen=True, slots=True)
class Exporting:
    finding: Finding
    files: Files
    clock: Clock

    def export(self) -> None:
        """Today's file, whole or not there for who waits for `_SUCCESS`; a repeat replaces it."""
        folder = f"exports/qr_partners/dt={self.clock.now():%Y-%m-%d}"
        rows = [row for restaurant in self.finding.everything() for row in rows_of(restaurant)]
        rows.sort(key=lambda row: (row["partner_id"], row["table"] or ""))
        lines = [json.dumps(row, ensure_ascii=False) + "\n" for row in rows]
        self.files.put("exports/schemas/qr_partners.json", SCHEMA.read_bytes())
        # Without a time in its header, the same rows are the same bytes.
        packed = gzip.compress("".join(lines).encode(), mtime=0)
        self.files.put(f"{folder}/part-0.jsonl.gz", packed)
        self.files.put(f"{folder}/_SUCCESS", b"")


def rows_of(restaurant: Restaurant) -> Iterator[dict[str, Any]]:
    """One a QR code; a restaurant without codes has one with null in its place."""
    tables = restaurant.partner.profile.tables or (None,)
    qr_ids = restaurant.partner.qr_ids or (None,)
    for table, qr_id in zip(tables, qr_ids, strict=True):
        yield {"qr_id": qr_id, "table": table, **_row(restaurant)}


def _row(restaurant: Restaurant) -> dict[str, Any]:
    partner, terms = restaurant.partner, restaurant.terms
    profile, (lat, lon) = partner.profile, partner.profile.point.degrees
    return {
        "partner_id": partner.partner_id,
        "group_id": partner.group_id,
        "external_id": profile.external_id,
        "name": profile.name,
        "legal_name": terms.legal_name,
        "inn": terms.inn,
        "country": profile.address.country,
        "city": profile.address.city,
        "street": profile.address.street,
        "house": profile.address.house,
        "lat": lat,
        "lon": lon,
        "timezone": profile.timezone,
        "region_id": profile.region_id,
        "place_id": profile.place_id,
        "pos_system": profile.pos_system,
        "currency": terms.currency,
        "commission_rate": format(terms.commission_rate, "f"),
        "cashback_rate": format(terms.cashback.rate, "f"),
        "cashback_max": str(terms.cashback.max),
        "enabled": restaurant.enabled,
        "rev": partner.rev,
        "updated_at": to_iso(partner.updated_at),
    }
