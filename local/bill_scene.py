"""The scene of `make demo` in which a driver pays by QIWI and by Paystack, from his own app."""

from dataclasses import dataclass
from functools import partial
from typing import Final

import requests

from local.actors import Json
from local.callers import Caller
from local.narration import same, say, step, wait_for
from local.park import PARK, called
from local.scenes import Place
from local.terminal import Terminal, over_http, spoiled
from local.terminals.paystack import PaystackWebhook

_PAYERS: Final = {"phone": "+79161234567", "email": "driver@park.example"}
_AMOUNT: Final = "500.00"


@dataclass(frozen=True, slots=True)
class App:
    """The backend of the drivers' app, under IAM; it says for which driver it asks."""

    base_url: str
    caller: Caller
    driver_id: str

    def call(self, method: str, path: str, body: object = None) -> Json:
        people = {"X-Park-Id": PARK, "X-Driver-Id": self.driver_id}
        return called(self.caller, method, f"{self.base_url}/driver/v1{path}", people, body)

    def pay(self, wallet_id: str) -> Json:
        wish = {"wallet_id": wallet_id, "amount": _AMOUNT, **_PAYERS}
        return self.call("POST", "/payments", wish)

    def state(self, payment_id: str) -> str:
        return str(self.call("GET", f"/payments/{payment_id}")["state"])


def driver_pays_himself(place: Place) -> None:
    step("A driver tops his balance up from his own app, by QIWI and by Paystack")
    base_url = place.stack.api("fleet_payment_systems")
    app = App(base_url, place.stack.operator, "d-100999")
    offered = app.call("GET", "/payment-systems")["payment_systems"]
    wallets = {one["system"]: one["wallet_id"] for one in offered}
    same("he may pay through", sorted(wallets), ["paystack", "qiwi"])
    for system in ("qiwi", "paystack"):
        payment = app.pay(wallets[system])
        say(f"{system}: bill {payment['bill_id']}, {payment.get('pay_url', 'in his QIWI wallet')}")
        same(f"{system}: before he pays", payment["state"], "accepted")
        told = _pays(place, system, payment)
        if system == "paystack":
            _told_twice(place, told)
        state = partial(app.state, payment["payment_id"])
        wait_for(f"{system}: payment", state, "processed")
    _credited_once_each(place, app)


def _pays(place: Place, system: str, payment: Json) -> Json:
    """What the driver does in the other system; Paystack's own message about it."""
    kind = {"qiwi": "bills", "paystack": "transactions"}[system]
    url = f"{place.facts['sandbox'][system]}/{kind}/{payment['bill_id']}/pay"
    answer = requests.post(url, json={}, timeout=10)
    same(f"{system}: he pays", answer.status_code, 200)
    found: Json = answer.json()
    return found


def _told_twice(place: Place, told: Json) -> None:
    facts = place.facts["park"]["wallets"]["paystack"]
    for whose, known in (("genuine", facts), ("again", facts), ("forged", spoiled(facts))):
        sent = PaystackWebhook(known).webhook(told)
        status, _ = over_http(Terminal.of("paystack", known).link, sent)
        same(f"paystack: webhook, {whose}", status, 401 if whose == "forged" else 200)


def _credited_once_each(place: Place, app: App) -> None:
    query = f"park_id={PARK}&driver_id={app.driver_id}"
    entries = place.sandbox("billing", f"/v1/ledger?{query}").json()["entries"]
    same(
        "credits",
        [(one["currency"], one["amount"]) for one in entries],
        [
            ("RUB", _AMOUNT),
            ("NGN", _AMOUNT),
        ],
    )
