"""A document for eda, as qr_orders sends it."""

from tests.support.intrinsics import Json

Line = tuple[str, str, str, str, str]
# Name, quantity, price, total, VAT.
DINNER: tuple[Line, ...] = (
    ("Борщ", "2", "390.00", "780.00", "20"),
    ("Стейк из лосося", "1", "800.00", "760.00", "10"),
)


def document(*lines: Line, **changes: object) -> Json:
    names = ("name", "quantity", "price", "total", "vat")
    body: Json = {
        "order_id": "o-1",
        "type": "payment",
        "currency": "RUB",
        "total": "1540.00",
        "partner": {"id": "p-1", "inn": "7700000000", "place_id": "place-1", "address": ""},
        "user": {"id": "u-1"},
        "payment": {"method": "card"},
        "items": [dict(zip(names, line, strict=True)) | {"unit": ""} for line in lines or DINNER],
        "cleared_at": "2026-11-20T21:30:00.000Z",
    }
    return body | changes
