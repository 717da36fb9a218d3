"""A park with a wallet in every payment system, the real Lambdas, and terminals before them.

Terminals speak as local.terminal does; wallets and links are made by the dispatchers' own API.
"""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from typing import Any, Final
from unittest.mock import patch
from urllib.parse import urlsplit

import requests

from local.park import PARK, plans
from local.terminal import Terminal, spoiled
from local.terminals.words import Answer, Payment, Sent
from shared import aws
from shared.clock import SystemClock
from shared.http_event import event
from tests.support.atomic_moto import FakeAws, atomic_aws
from tests.support.aws_world import aws_world
from tests.support.clock import FakeClock
from tests.support.intrinsics import Json
from tests.support.town import OUTSIDE, Town, outside_http

API: Final = "fleet_payment_systems_api"
OFFICE: Final = "fleet_payment_systems"
WALLETS: Final = "/fleet-payment-systems/v1/wallets"
AMOUNT: Final = "150.00"
SYSTEMS: Final = tuple(plans())
_PARAMETERS: Final = {
    "BillingUrl": f"{OUTSIDE}/billing",
    "FleetTransactionsUrl": f"{OUTSIDE}/fleet_transactions",
    "FpsBaseUrl": "https://fps.example",
    "DispatcherRoles": "dispatcher",
    "QiwiUrl": f"{OUTSIDE}/qiwi",
    "PaystackUrl": f"{OUTSIDE}/paystack",
    "ProRoles": "pro",
}
_CALLER: Final = "arn:aws:sts::123456789012:assumed-role/dispatcher/backend"
_QUEUE: Final = "https://sqs.eu-central-1.amazonaws.com/123456789012/test-fps_credit"
_PATIENCE: Final = 20


@dataclass(slots=True)
class Street:
    """`ip` is where terminals call from; `replies` are the raw answers of the Lambdas."""

    town: Town
    ip: str = "203.0.113.7"
    replies: list[Json] = field(default_factory=list)
    _drivers: int = 0

    @property
    def clock(self) -> FakeClock:
        return self.town.aws.clock

    def wallet(self, system: str, park_id: str = PARK, **terms: Any) -> dict[str, str]:
        """A new wallet with a link: facts as in build/local.json."""
        plan = plans()[system]
        body = {
            "system": system,
            "title": system,
            "currency": plan.currency,
            "enabled": True,
            "driver_lookup": "callsign",
            "credentials": dict(plan.facts),
            **({"profile": plan.profile} if plan.profile else {}),
            **plan.terms,
            **terms,
        }
        made = self.office("wallets_create", "POST", WALLETS, body, park_id=park_id)
        given = {name: value for name, value in body["credentials"].items() if value}
        facts = {name: str(made[name]) for name in ("wallet_id", "profile", "timezone")}
        return {**given, **facts, "link": self.link(made["wallet_id"], park_id)}

    def link(self, wallet_id: str, park_id: str) -> str:
        route = f"{WALLETS}/{{wallet_id}}/link"
        path = {"wallet_id": wallet_id}
        return str(
            self.office("wallets_link", "POST", route, {}, park_id=park_id, path=path)["url"]
        )

    def revoke(self, wallet_id: str) -> None:
        route = f"{WALLETS}/{{wallet_id}}/link"
        path = {"wallet_id": wallet_id}
        self.office("wallets_link_revoke", "DELETE", route, None, path=path)

    def regenerate(self, wallet_id: str) -> None:
        route = f"{WALLETS}/{{wallet_id}}/link/regenerate"
        path = {"wallet_id": wallet_id}
        self.office("wallets_link_regenerate", "POST", route, {}, path=path)

    def office(
        self,
        function: str,
        method: str,
        route: str,
        body: object,
        *,
        park_id: str = PARK,
        path: dict[str, str] | None = None,
    ) -> Json:
        """One call of the park's dispatcher."""
        headers = {"x-park-id": park_id, "x-user-id": "o.petrova"}
        caller = {"iam": {"userArn": _CALLER}}
        asked = event(method, route, path=path, body=body, headers=headers, authorizer=caller)
        status, answer = self.town.call(OFFICE, function, asked)
        assert status in {200, 201}, answer
        return answer

    def terminal(self, system: str, facts: dict[str, str]) -> Terminal:
        return Terminal.of(system, facts, lambda link, sent: self.send(system, link, sent))

    def payment(self, terminal: Terminal, amount: str = AMOUNT) -> Payment:
        """For a driver who had no payment yet."""
        self._drivers += 1
        made = terminal.payment(f"1{self._drivers:05d}", amount)
        return replace(made, at=self.clock.now().astimezone(made.at.tzinfo))

    def send(self, system: str, link: str, sent: Sent) -> tuple[int, str]:
        """What the gateway makes of a request to a link."""
        token = urlsplit(link).path.rpartition("/")[2]
        route, path = f"/fps/v1/{system}/{{token}}", {"token": token}
        if sent.operation:
            route, path = f"{route}/api/{{operation}}", {**path, "operation": sent.operation}
        asked = event(
            sent.method,
            route,
            path=path,
            headers=sent.headers,
            body=sent.body.decode() or None,
        )
        asked["rawQueryString"] = sent.query
        asked["requestContext"]["http"]["sourceIp"] = self.ip
        reply = self.town.run(API, system, asked)
        self.replies.append(reply)
        return int(reply["statusCode"]), str(reply["body"])

    def credit(self) -> None:
        """The credit tasks run until nothing is left to do."""
        self.clock.advance(1)  # billing lists its entries by time
        for _ in range(_PATIENCE):
            self._deliver()
            if not self.town.rows(f"{OFFICE}-tasks"):
                return
            self.clock.advance(10)
        raise AssertionError("a payment is not credited")

    def minutes_pass(self, minutes: int) -> None:
        """With nothing but the sweeper's messages to wake anyone, once a minute."""
        for _ in range(minutes):
            self.clock.advance(60)
            self.town.run(OFFICE, "crons.sweep", {})
            self._deliver()

    def topups(self, account: str) -> list[str]:
        """The amounts that the driver was given."""
        return [amount for category, amount in self.ledger(account) if category == "topup"]

    def ledger(self, account: str, park_id: str = PARK) -> list[tuple[str, str]]:
        """(category, amount) of each entry of a driver's balance."""
        query = {"park_id": park_id, "driver_id": f"d-{account}"}
        asked = event("GET", "/billing/v1/ledger", query=query)
        _status, found = self.town.call("sandbox", "billing", asked)
        return [(each["category"], each["amount"]) for each in found["entries"]]

    def recorded(self, account: str) -> int:
        """How often the fleet's own books have the driver."""
        found = self.town.rows("sandbox-fleet_transactions")
        return [row["driver_id"] for row in found].count(f"d-{account}")

    def breaks(self, system: str, calls: int) -> None:
        """The next calls of a sandbox's system fail."""
        fault = {"fail_next": calls, "status": 503, "latency_ms": 0}
        self.town.call("sandbox", system, event("POST", f"/{system}/faults", body=fault))

    def _deliver(self) -> None:
        sqs = aws.client("sqs")
        while found := sqs.receive_message(QueueUrl=_QUEUE).get("Messages", []):
            for one in found:
                record = {"messageId": one["MessageId"], "body": one["Body"]}
                answer = self.town.run(OFFICE, "tasks.credit", {"Records": [record]})
                if not answer["batchItemFailures"]:
                    sqs.delete_message(QueueUrl=_QUEUE, ReceiptHandle=one["ReceiptHandle"])

    def pays(self, system: str, facts: dict[str, str] | None = None) -> Payment:
        """A terminal's whole life with one payment; what every protocol promises is checked."""
        terminal = self.terminal(system, facts or self.wallet(system))
        payment = self.payment(terminal)
        assert terminal.check(payment).ok
        assert self.ledger(payment.account) == []
        self.breaks("billing", 1)
        first, again = terminal.pay(payment), terminal.pay(payment)
        assert first.ok
        self.credit()
        later = terminal.pay(payment)
        self.credit()
        assert [again.code, later.code] == [terminal.speaks.again] * 2
        if again.number:
            assert {again.number, later.number} == {first.number}
        assert self.topups(payment.account) == [AMOUNT]
        return payment

    def stranger(self, system: str) -> Answer:
        """A payment by somebody who has the link, or nearly, and not the secret: nothing stays."""
        terminal = self.terminal(system, spoiled(self.wallet(system)))
        payment = self.payment(terminal)
        answer = terminal.pay(payment)
        self.credit()
        assert not answer.ok
        assert self.ledger(payment.account) == []
        return answer


@contextmanager
def opened() -> Iterator[Street]:
    with ExitStack() as stack:
        clock = FakeClock()
        fake: FakeAws = stack.enter_context(atomic_aws(clock))
        stack.enter_context(patch.object(SystemClock, "now", lambda _self: clock.now()))
        world = stack.enter_context(aws_world(OFFICE, API, "sandbox", parameters=_PARAMETERS))
        town = Town(world, fake)
        stack.enter_context(patch.object(requests.Session, "request", outside_http(town)))
        yield Street(town)
