"""A scene of `make demo`: the back office opens restaurants, a guest looks for the nearest."""

import json
from hashlib import sha256
from typing import Final

from local.actors import Json
from local.narration import Differs, same, say, step
from local.scenes import Place
from shared.http_event import event

RED_SQUARE: Final = (55.7539, 37.6208)
# Till's id, name, street, house, latitude, longitude.
_Restaurant = tuple[str, str, str, str, float, float]
_OPENED: Final[tuple[_Restaurant, ...]] = (
    ("r2", "Демо Кофейня", "Никольская улица", "10", 55.7567, 37.6229),
    ("r3", "Демо Пекарня", "улица Варварка", "3", 55.7527, 37.6264),
    ("r4", "Демо Дача", "улица Дачная", "5", 55.9000, 37.4000),
)


def restaurants_are_near(place: Place) -> None:
    step("The back office opens restaurants, a guest on Red Square looks for the nearest")
    demo = place.facts["partner"]["partner_id"]
    group_id = _full(place, demo)["group_id"]
    opened = {line[0]: _open(place, group_id, line) for line in _OPENED}
    found = place.guest.restaurants(*RED_SQUARE)
    for card in found:
        badge = card.get("cashback", {}).get("badge", "none")
        say(f"{card['distance_m']:>5} m  {card['name']}, {card['address']}, cashback {badge}")
    # Behind them comes the hasty restaurant, as far away as the demo's own.
    nearest = [card["partner_id"] for card in found][:3]
    same("nearest first", nearest, [opened["r2"], opened["r3"], demo])
    page = place.guest.restaurant(opened["r2"])
    same("the page of the first", page["name"], "Демо Кофейня")
    _search_and_shut(place, opened["r3"])
    nearest = [card["partner_id"] for card in place.guest.restaurants(*RED_SQUARE)]
    same("the guest does not see it", opened["r3"] in nearest, False)


def _search_and_shut(place: Place, partner_id: str) -> None:
    (found,) = _admin(place, "find", {"address": "москва варв", "enabled": True})["partners"]
    same("the back office finds it by address", found["partner_id"], partner_id)
    shut = {"partner_id": partner_id, "rev": found["rev"], "set": {"enabled": False}}
    changed = _admin(place, "update", shut | {"operator": "demo"})["partner"]
    same("and shuts it; its revision", changed["rev"], found["rev"] + 1)


def _open(place: Place, group_id: str, restaurant: _Restaurant) -> str:
    till_id, name, street, house, lat, lon = restaurant
    partner = {
        **{"external_id": till_id, "name": name, "timezone": "Europe/Moscow"},
        "address": {"country": "Россия", "city": "Москва", "street": street, "house": house},
        **{"lat": lat, "lon": lon, "pos_system": "other", "tables": ["1", "2"]},
    }
    body = {"group_id": group_id, "partner": partner, "operator": "demo"}
    return str(_admin(place, "create", body)["partner"]["partner_id"])


def _full(place: Place, partner_id: str) -> Json:
    query = {"partner_id": partner_id, "fields": "full"}
    return _call(place, "get", event("GET", "/qr-partners/v1/get", query=query))


def _admin(place: Place, name: str, body: Json) -> Json:
    headers = {"Idempotency-Key": sha256(json.dumps(body).encode()).hexdigest()}
    path = f"/qr-partners/v1/admin/{name}"
    return _call(place, f"admin_{name}", event("POST", path, body=body, headers=headers))


def _call(place: Place, function: str, asked: Json) -> Json:
    """As an operator would from the console."""
    answer = place.stack.client("lambda").invoke(
        FunctionName=f"dev-qr_partners-{function}", Payload=json.dumps(asked).encode()
    )
    found = json.loads(answer["Payload"].read())
    if found["statusCode"] != 200:
        raise Differs(f"{function} answered {found['statusCode']} {found['body']}")
    body: Json = json.loads(found["body"])
    return body
