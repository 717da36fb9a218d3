"""What qr_partners answers of the restaurant of the tests."""

from typing import Any, Final

FOUND: Final[dict[str, Any]] = {
    **{"partner_id": "p_demo", "name": "Ресторан", "address": "Москва, Арбат, 10"},
    **{"lat": 55.75, "lon": 37.59, "currency": "RUB", "logo_key": "logo/1"},
    "cashback": {"rate": "0.050", "max": "300.00"},
}
SHOWN: Final[dict[str, Any]] = {
    **{"partner_id": "p_demo", "name": "Ресторан", "address": "Москва, Арбат, 10"},
    **{"lat": 55.75, "lon": 37.59, "logo_key": "logo/1"},
    "cashback": {"badge": "5 %", "max": "300.00", "currency": "RUB"},
}
