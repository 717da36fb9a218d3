"""The demo's bill, as a till sends it: 1540.00 roubles of food and one line without VAT."""

from typing import Any, Final

# item id, name, quantity, price, discount, total, VAT
_LINES: Final = (
    ("1", "Борщ с говядиной", "2", "390.00", "0", "780.00", "20"),
    ("2", "Хлебная корзина", "1", "150.00", "0", "150.00", "20"),
    ("3", "Лосось на гриле", "1", "600.00", "60.00", "540.00", "20"),
    ("4", "Вечер живой музыки", "1", "70.00", "0", "70.00", "none"),
)
_FIELDS: Final = ("id", "name", "quantity", "price", "discount", "total", "vat")
BILL: Final[dict[str, Any]] = {
    "order_id": "A-1021",
    "version": 1,
    "table": "12",
    "currency": "RUB",
    "total": "1540.00",
    "items": [dict(zip(_FIELDS, line, strict=True)) for line in _LINES],
}
