"""A driver who pays bills of his own: his app, QIWI's and Paystack's side of it, their messages."""

import hashlib
import hmac
import json
from dataclasses import dataclass, field
from typing import Any, Final

from shared.http_event import event
from tests.support import calls, privileges
from tests.support.aws_world import Context
from tests.support.faults import Crash
from tests.support.intrinsics import Json
from tests.support.park import DRIVER, SERVICE, Opened, Park
from tests.support.wallets import PARK

CALLER: Final = "arn:aws:sts::123456789012:assumed-role/pro/backend"
KEY: Final = "sk_test_example"
AMOUNT: Final = "500.00"
MINOR: Final = 50_000
CREDENTIALS: Final[dict[str, dict[str, Any]]] = {
    "qiwi": {"currency": "RUB", "password": "secret", "settings": {"terminal_id": "123456"}},
    "paystack": {"currency": "NGN", "key": KEY},
}
PAYERS: Final = {"phone": "+79161234567", "email": "d100042@park77.example"}
_BASE: Final = "/driver/v1"
# What the sandbox calls a bill of each system.
_BILL: Final = {
    "qiwi": ("/qiwi/bills/{txn_id}", "txn_id"),
    "paystack": ("/paystack/transactions/{reference}", "reference"),
}


def wallet_in(park: Park, system: str, **changes: Any) -> Opened:
    return park.open_wallet(**{"system": system, **CREDENTIALS[system], **changes})


@dataclass(slots=True)
class Driver:
    """Of one wallet. `told` keeps what his app heard of its payment."""

    park: Park
    wallet: Opened
    system: str
    driver_id: str = DRIVER
    told: list[Json] = field(default_factory=list)

    def app(
        self, function: str, method: str, route: str, payment_id: str = "", **more: Any
    ) -> tuple[int, Json]:
        """One call of the app's backend."""
        headers = {"X-Park-Id": PARK, "X-Driver-Id": self.driver_id, **more.pop("headers", {})}
        asked = event(
            method,
            _BASE + route,
            path={"payment_id": payment_id} if payment_id else None,
            headers=headers,
            authorizer={"iam": {"userArn": CALLER}},
            **more,
        )
        return self.park.town.call(SERVICE, function, asked)

    def create(self, key: str = "k-1", amount: str = AMOUNT, **said: str) -> tuple[int, Json]:
        body = {"wallet_id": self.wallet.wallet_id, "amount": amount, **PAYERS, **said}
        headers = {"Idempotency-Key": key} if key else {}
        status, found = self.app("payments", "POST", "/payments", body=body, headers=headers)
        if status < 400:
            self.told.append(found)
        return status, found

    def insist(self, key: str = "k-1") -> Json:
        """As an app does: asks until it is told something else than "later"."""
        for _ in range(4):
            try:
                with calls.process():
                    status, found = self.create(key)
            except Crash:
                continue
            if status < 500:
                return found
        raise AssertionError("never answered")

    def get(self, payment_id: str) -> tuple[int, Json]:
        return self.app("payments_get", "GET", "/payments/{payment_id}", payment_id)

    def offered(self) -> list[Json]:
        status, found = self.app("payment_systems", "GET", "/payment-systems")
        assert status == 200, found
        systems: list[Json] = found["payment_systems"]
        return systems

    def bill(self) -> Json:
        """The row of his newest bill in this wallet, as it is; late ones are no bills of his."""
        rows = self.park.transactions(wallet_id=self.wallet.wallet_id)
        return [row for row in rows if "replaces" not in row][-1]

    def late(self) -> list[Json]:
        return [row for row in self.park.transactions() if "replaces" in row]

    def pays(self, **said: str) -> Json:
        """On the system's page, or in its app: the sandbox's answer."""
        return self._outside("pay", said)

    def refuses(self) -> Json:
        return self._outside("reject", {})

    def issued(self) -> list[Json]:
        """The system's own bills."""
        rows = self.park.town.rows("sandbox-bills")
        return [row for row in rows if row["bill_id"].startswith(f"{self.system}#")]

    def _outside(self, what: str, said: Json) -> Json:
        route, name = _BILL[self.system]
        path = {name: self.bill()["txn"]}
        with calls.outside():
            asked = event("POST", f"{route}/{what}", path=path, body=said)
            status, found = self.park.town.call("sandbox", self.system, asked)
        assert status == 200, found
        return found

    def hook(self, said: Json | str, key: str = KEY, link: str = "") -> int:
        """A webhook to the wallet's link, signed with `key`; the status of our answer."""
        text = said if isinstance(said, str) else json.dumps(said)
        signature = hmac.new(key.encode(), text.encode(), hashlib.sha512).hexdigest()
        asked = event(
            "POST",
            "/fps/v1/paystack/{token}",
            path={"token": link or self.wallet.token},
            body=text,
            headers={"x-paystack-signature": signature},
        )
        name = "fleet_payment_systems_api/paystack"
        with calls.flow(name.replace("/", ".")), privileges.running(name):
            return int(self.park.webhook(asked, Context())["statusCode"])

    def look(self) -> Json:
        """One delivery of the bill's task, when it is due."""
        found = self.bill()
        return self.park.work(f"fps_poll_bill#{found['park_id']}#{found['tx_id']}")

    def wait(self, seconds: int) -> None:
        """Time passes; whatever is woken meanwhile by its message works, and what is overdue."""
        self.park.aws.clock.advance(seconds)
        self.park.deliver()
        self.park.sweep()
        self.park.deliver()
