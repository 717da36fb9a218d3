"""A fiscal receipt made of a document, as an OFD gives it (FFD names); money is kopecks.

A pure function of the document and its id: asking twice gives the same receipt.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from hashlib import sha256
from typing import Any, Final

from shared.money import Money

# Europe/Moscow has had no other offset since 2014, and Lambda may lack the zone files.
_MOSCOW: Final = timezone(timedelta(hours=3))
_OPERATIONS: Final = {"payment": 1, "refund": 2}
# A Russian till prints Russian words (tag 1197).
_UNITS: Final = {"pcs": "шт.", "kg": "кг", "l": "л"}


@dataclass(frozen=True, slots=True)
class _Rate:
    """`code` is tag 1199; `total_field` names the document's sum, empty for the newer rates."""

    code: int
    percent: int
    total_field: str = ""


RATES: Final[Mapping[str, _Rate]] = {
    "20": _Rate(1, 20, "nds18"),
    "10": _Rate(2, 10, "nds10"),
    "0": _Rate(5, 0, "nds0"),
    "none": _Rate(6, 0, "ndsNo"),
    "5": _Rate(7, 5),
    "7": _Rate(8, 7),
    "22": _Rate(11, 22),
}


def receipt(document_id: str, document: Mapping[str, Any]) -> dict[str, Any]:
    """The receipt's JSON of a valid document: its amounts are texts of its currency."""
    items = [_item(each, document["currency"]) for each in document["items"]]
    total = sum(item["sum"] for item in items)
    partner = document["partner"]
    return {
        "code": 3,
        "user": partner["name"] or "Sandbox restaurant",
        "userInn": partner["inn"],
        "retailPlaceAddress": partner["address"] or "101000, Москва",
        "retailPlace": partner["place_id"],
        "dateTime": _local(document["cleared_at"]),
        "operationType": _OPERATIONS[document["type"]],
        "appliedTaxationType": 1,
        "internetSign": 1,
        "items": items,
        "totalSum": total,
        "cashTotalSum": 0,
        "ecashTotalSum": total,
        "prepaidSum": 0,
        "creditSum": 0,
        "provisionSum": 0,
        **_vat_totals(items),
        **_fiscal_numbers(document_id),
        "fiscalDocumentFormatVer": 4,
        "fnsUrl": "www.nalog.gov.ru",
        "sellerAddress": "receipts@sandbox.example",
    }


def _item(item: Mapping[str, Any], currency: str) -> dict[str, Any]:
    amount, rate = Money.parse(item["total"], currency).minor, RATES[item["vat"]]
    quantity = Decimal(item["quantity"])
    found: dict[str, Any] = {
        "name": item["name"],
        "price": Money.parse(item["price"], currency).minor,
        "quantity": int(quantity) if quantity == int(quantity) else float(quantity),
        "sum": amount,
        "nds": rate.code,
        "paymentType": 4,
        "productType": 1,
    }
    if rate.percent:
        found["ndsSum"] = _tax(amount, rate.percent)
    if item["unit"]:
        found["unit"] = _UNITS.get(item["unit"], item["unit"])
    return found


def _tax(amount: int, percent: int) -> int:
    """The tax inside `amount`, rounded half up to a kopeck."""
    whole = 100 + percent
    return (2 * amount * percent + whole) // (2 * whole)


def _vat_totals(items: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """The tax at each rate, but the turnover at 0 % and without VAT."""
    sums: Counter[int] = Counter()
    for item in items:
        sums[item["nds"]] += item.get("ndsSum", item["sum"])
    used = [rate for rate in RATES.values() if rate.code in sums]
    totals: dict[str, Any] = {
        rate.total_field: sums[rate.code] for rate in used if rate.total_field
    }
    newer = [{"nds": rate.code, "ndsSum": sums[rate.code]} for rate in used if not rate.total_field]
    return totals | ({"amountsReceiptNds": {"amountsNds": newer}} if newer else {})


def _fiscal_numbers(document_id: str) -> dict[str, Any]:
    def number(what: str, below: int) -> int:
        """From 1 to `below` - 1."""
        digest = sha256(f"{what}:{document_id}".encode()).digest()
        return 1 + int.from_bytes(digest) % (below - 1)

    return {
        "shiftNumber": number("shift", 1000),
        "requestNumber": number("request", 500),
        "kktRegId": f"000{number('registration', 10**13):013d}",
        "kktNumber": f"001067{number('till', 10**8):08d}",
        "fiscalDriveNumber": f"9960{number('drive', 10**12):012d}",
        "fiscalDocumentNumber": number("document", 10**6),
        "fiscalSign": number("sign", 2**32),
    }


def _local(moment: str) -> str:
    """The till's clock: local text without an offset."""
    return datetime.fromisoformat(moment).astimezone(_MOSCOW).strftime("%Y-%m-%dT%H:%M:%S")
