"""The demo's taxi park: a wallet and a link in every payment system, by the dispatchers' API."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from local.actors import Json, Unexpected
from local.callers import Caller
from local.signed import signed
from local.stack import Stack

PARK: Final = "park-7"
# Drivers of the sandbox: an account that begins with 1 is one.
ACCOUNTS: Final = (
    *("100245", "100042", "100311", "100427", "100538"),
    *("100644", "100753", "100862", "100971", "101080"),
)
_WALLETS: Final = "/fleet-payment-systems/v1/wallets"


@dataclass(frozen=True, slots=True)
class Plan:
    """A wallet to be made; `facts` are what the payment system knows of it, `own` are others."""

    currency: str
    facts: Mapping[str, str] = field(default_factory=dict)
    profile: str = ""
    terms: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Dispatcher:
    """The backend of a park's office, under IAM; it says for which park and person it asks."""

    base_url: str
    caller: Caller
    park_id: str = PARK

    def create(self, system: str, plan: Plan) -> Json:
        body: Json = {
            "system": system,
            "title": f"Demo {system}",
            "currency": plan.currency,
            "enabled": True,
            "driver_lookup": "callsign",
            "credentials": dict(plan.facts),
            **plan.terms,
        }
        if plan.profile:
            body["profile"] = plan.profile
        return self.post(_WALLETS, body)

    def link(self, wallet_id: str) -> Json:
        return self.post(f"{_WALLETS}/{wallet_id}/link", {})

    def revoke(self, wallet_id: str) -> Json:
        return self._call("DELETE", f"{_WALLETS}/{wallet_id}/link", {})

    def post(self, path: str, body: object) -> Json:
        """The answer of one signed call. Raises Unexpected."""
        return self._call("POST", path, body)

    def get(self, path: str) -> Json:
        return self._call("GET", path, None)

    def _call(self, method: str, path: str, body: object) -> Json:
        people = {"X-Park-Id": self.park_id, "X-User-Id": "demo-dispatcher"}
        return called(self.caller, method, self.base_url + path, people, body)


def called(
    caller: Caller, method: str, url: str, people: Mapping[str, str], body: object = None
) -> Json:
    """The answer of one call under IAM, for the `people` its headers name. Raises Unexpected."""
    headers = {"Idempotency-Key": secrets.token_hex(8), **people}
    answer = signed(caller, method, url, body, headers)
    if answer.status_code not in {200, 201, 202}:
        raise Unexpected(f"{method} {url}", answer)
    found: Json = answer.json()
    return found


def plans() -> dict[str, Plan]:
    """By system that has terminals; secrets are new each time."""
    return {
        "uzpaynet": Plan(
            "UZS",
            {"username": "paynet", "password": _secret(), "service_id": "112"},
            terms={"allow_reversal": True},
        ),
        "city24": Plan(
            "UAH",
            {"login": "city24", "password": _secret()},
            terms={"allow_reversal": True, "commission_rate": "0.0150"},
        ),
        "qiwi_qvp": Plan("RUB", {"login": "qiwi", "password": _secret()}),
        "qiwi_md": Plan("MDL"),
        "mobilnik": Plan("KGS", profile="osmp_extended", terms={"allow_reversal": True}),
        "tbc": Plan("GEL"),
        "elecsnet": Plan(
            "RUB",
            {
                "sign_secret": _secret(),
                "sign_rule": "hmac-sha256",
                "sign_fields": "type,reqid,amount,auth_code",
                "sign_separator": "|",
                "amount_unit": "minor",
            },
        ),
        "tellcell": Plan(
            "AMD", {"sign_secret": _secret(), "sign_separator": ";"}, terms={"allow_reversal": True}
        ),
        "idram": Plan("AMD", {"rec_account": "100000114", "sign_secret": _secret()}),
        "easypay": Plan("AMD", {"sign_secret": _secret(), "service_id": "77"}, profile="armenia"),
    }


def bill_plans() -> dict[str, Plan]:
    """By system whose payments drivers begin."""
    return {
        "qiwi": Plan("RUB", {"terminal_id": "123456", "password": _secret()}),
        "paystack": Plan("NGN", {"secret_key": f"sk_test_{secrets.token_hex(12)}"}),
    }


def open_park(stack: Stack) -> dict[str, Any]:
    """Makes every wallet and its link: {"park_id", "accounts", "wallets": {system: facts}}.

    QIWI calls nobody, and has no link.
    """
    office = Dispatcher(stack.api("fleet_payment_systems"), stack.operator)
    public = stack.api("fleet_payment_systems_api")
    wallets = {}
    for system, plan in {**plans(), **bill_plans()}.items():
        wallet = office.create(system, plan)
        link = {} if system == "qiwi" else office.link(wallet["wallet_id"])
        wallets[system] = {
            "wallet_id": wallet["wallet_id"],
            **({"link": public + link["path"]} if link else {}),
            "profile": wallet["profile"],
            "currency": plan.currency,
            "timezone": wallet["timezone"],
            **plan.facts,
        }
    return {"park_id": office.park_id, "accounts": list(ACCOUNTS), "wallets": wallets}


def _secret() -> str:
    return secrets.token_urlsafe(12)
