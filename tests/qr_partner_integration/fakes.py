"""The two services behind the open API: their answers as they give them, and what was asked."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any, Final
from unittest.mock import patch

from shared.errors import AppError, NotFound
from shared.http_event import event
from shared.internal import Internal
from tests.support.aws_world import World, aws_world
from tests.support.intrinsics import Json

SERVICE: Final = "qr_partner_integration"
API_KEY: Final = f"qrp_live_0123456789abcdef_{'k' * 43}"
EXPIRES_AT: Final = "2100-01-01T00:00:00.000Z"
OVER: Final = "2020-01-01T00:00:00.000Z"
# What of a guest qr_orders could let slip; no answer may hold any of it (QI-10).
GUEST: Final = {
    "user_id": "guest-1",
    "payment_method": {"type": "card", "id": "card-7777"},
    "phone": "+79990001122",
}

SNAPSHOT: Final[Json] = {
    "name": "Демо",
    "legal_name": "ООО «Демо»",
    "inn": "7700000009",
    "address": "Москва, Арбат, 10",
    "place_id": "place-1",
    "city": "Москва",
    "timezone": "Europe/Moscow",
    "commission_rate": "0.03",
    "cashback": {"rate": "0.05", "max": "500.00"},
    "settings": {"order_ttl_min": 240, "activity_timeout_sec": 300, "on_expire_held": "cancel"},
}


def partner(external_id: str = "r1", **changes: Any) -> Json:
    """A restaurant as get-authorize tells it."""
    return {
        **SNAPSHOT,
        "partner_id": f"p_{external_id}",
        "external_id": external_id,
        "enabled": True,
        "currency": "RUB",
        "pos_system": "other",
        **changes,
    }


def order(order_id: str = "01A", payment: str = "new", **changes: Any) -> Json:
    """An order as get-statuses tells it."""
    return {
        "order_id": order_id,
        "external_order_id": f"till-{order_id}",
        "payment_status": payment,
        "partner_status": "open",
        "total": "1570.00",
        "currency": "RUB",
        "version": 1,
        "updated_at": "2026-01-02T10:00:00.000Z",
        "expires_at": EXPIRES_AT,
        **GUEST,
        **changes,
    }


def created(payment: str = "new", partner_status: str = "open", **changes: Any) -> Json:
    """The answer of qr_orders create."""
    return {
        "order_id": "01A",
        "created": True,
        "version": 1,
        "status": {"payment": payment, "partner": partner_status},
        "total": "1570.00",
        "currency": "RUB",
        "expires_at": EXPIRES_AT,
        "qr": {"payload": "https://pay.example/q/01A", "short_code": "K7Q4M9XY"},
        **GUEST,
        **changes,
    }


@dataclass(slots=True)
class Behind:
    """Answers in the place of shared.internal.Internal.call, by "service.function"."""

    partners: list[Json] = field(default_factory=lambda: [partner()])
    orders: dict[str, Json] = field(default_factory=dict)
    answers: dict[str, Json | AppError] = field(default_factory=dict)
    calls: list[tuple[str, Json]] = field(default_factory=list)

    def call(
        self,
        service: str,
        function: str,
        method: str,
        path: str,
        *,
        body: Json,
        query: Mapping[str, str] | None = None,
    ) -> Json:
        name = f"{service}.{function}"
        assert (method, query) == ("POST", None)
        assert path.rpartition("/")[2] == function.replace("_", "-")
        self.calls.append((name, body))
        answer = self.answers.get(name) or self._answer(name, body)
        if isinstance(answer, AppError):
            raise answer
        return answer

    def _answer(self, name: str, body: Json) -> Json:
        match name:
            case "qr_partners.get_authorize":
                ids = [found["partner_id"] for found in self.partners]
                key_id = "0123456789abcdef"
                known = {"key_id": key_id, "group_id": "g_1", "partner_ids": ids}
                return {**known, "partners": self.partners}
            case "qr_orders.create":
                return created()
            case "qr_orders.get_statuses":
                found = [self.orders[each] for each in body["order_ids"] if each in self.orders]
                missing = [each for each in body["order_ids"] if each not in self.orders]
                return {"orders": found, "not_found": missing}
            case "qr_orders.update_partner_status" if body["order_id"] in self.orders:
                status = {"payment": "clearing", "partner": body["status"]}
                return {"order_id": body["order_id"], "status": status}
        raise NotFound("order_not_found")

    def asked(self, name: str) -> list[Json]:
        return [body for called, body in self.calls if called == name]


# A million calls at once: a test that is about something else is never turned away.
ROOM: Final = {"CallBurst": "1000000"}


@contextmanager
def behind(**parameters: str) -> Iterator[tuple[World, Behind]]:
    """`parameters` of the template replace ROOM."""
    fake = Behind()
    with (
        aws_world(SERVICE, parameters=ROOM | parameters) as world,
        patch.object(Internal, "call", lambda _self, *args, **kwargs: fake.call(*args, **kwargs)),
    ):
        yield world, fake


@dataclass(frozen=True, slots=True)
class Till:
    """A till calling one endpoint with its key, as the gateway lets it through."""

    world: World
    module: ModuleType
    route: str
    partner_ids: tuple[str, ...] = ("p_r1",)

    def post(self, body: object, **headers: str) -> tuple[int, Json]:
        """Status and JSON body."""
        return self.world.invoke(self.module, self._request(body, headers))

    def answer(self, body: object) -> Json:
        """The raw answer, headers included."""
        found: Json = self.world.run(self.module, self._request(body, {}))
        return found

    def _request(self, body: object, headers: Mapping[str, str]) -> Json:
        known = {
            "key_id": "0123456789abcdef",
            "group_id": "g_1",
            "partner_ids": list(self.partner_ids),
            "environment": "live",
        }
        return event(
            "POST",
            self.route,
            body=body,
            headers={"X-API-Key": API_KEY, **headers},
            authorizer={"lambda": known},
        )
