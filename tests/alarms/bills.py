"""The situations of drivers' bills that alarms are for."""

import hashlib
import hmac
import json
from datetime import timedelta

from local.park import PARK, bill_plans
from local.terminals.words import Sent
from shared.http_event import event
from tests.fleet_payment_systems_api.street import OFFICE, WALLETS, Street
from tests.support.bills import AMOUNT, CALLER, PAYERS
from tests.support.intrinsics import Json

_NO_ANSWERS = 20
_WATCHED = timedelta(days=4)


def _wallet(here: Street, system: str) -> Json:
    plan = bill_plans()[system]
    terms = {"system": system, "title": system, "currency": plan.currency, "enabled": True}
    body = {**terms, "credentials": plan.facts, "driver_lookup": "callsign"}
    made = here.office("wallets_create", "POST", WALLETS, body)
    return {"wallet_id": made["wallet_id"], **plan.facts}


def _bill(here: Street, wallet: Json) -> Json:
    """The row of a bill that a driver has just made."""
    asked = event(
        "POST",
        "/driver/v1/payments",
        headers={
            "X-Park-Id": PARK,
            "X-Driver-Id": "d-100245",
            "Idempotency-Key": wallet["wallet_id"],
        },
        body={"wallet_id": wallet["wallet_id"], "amount": AMOUNT, **PAYERS},
        authorizer={"iam": {"userArn": CALLER}},
    )
    status, told = here.town.call(OFFICE, "payments", asked)
    assert status == 201, told
    rows = here.town.rows(f"{OFFICE}-transactions")
    return next(row for row in rows if row["tx_id"] == told["payment_id"])


def _look(here: Street, bill: Json) -> None:
    here.clock.advance(120)
    body = json.dumps({"task_id": f"fps_poll_bill#{bill['park_id']}#{bill['tx_id']}"})
    here.town.run(OFFICE, "tasks.poll_bill", {"Records": [{"messageId": "m", "body": body}]})


def mismatch(here: Street) -> None:
    """The driver pays another sum than his bill's, in QIWI's app."""
    bill = _bill(here, _wallet(here, "qiwi"))
    paid = event(
        "POST",
        "/qiwi/bills/{txn_id}/pay",
        path={"txn_id": bill["txn"]},
        body={"amount": "1.00", "currency": "RUB"},
    )
    assert here.town.call("sandbox", "qiwi", paid)[0] == 200
    _look(here, bill)


def silence(here: Street) -> None:
    """QIWI answers no look at all."""
    bill = _bill(here, _wallet(here, "qiwi"))
    for _ in range(_NO_ANSWERS):
        here.breaks("qiwi", 3)
        _look(here, bill)


def nobody_knows(here: Street) -> None:
    """QIWI is away for days: nobody can say what has become of a bill."""
    bill = _bill(here, _wallet(here, "qiwi"))
    for wait in (timedelta(hours=2), timedelta(), _WATCHED):
        here.breaks("qiwi", 5)
        here.clock.advance(int(wait.total_seconds()))
        _look(here, bill)


def false_news(here: Street) -> None:
    """Paystack tells of another sum than the bill's."""
    wallet = _wallet(here, "paystack")
    link = here.link(wallet["wallet_id"], PARK)
    bill = _bill(here, wallet)
    news = {
        "event": "charge.success",
        "data": {"reference": bill["txn"], "amount": 100, "currency": "NGN", "status": "success"},
    }
    body = json.dumps(news).encode()
    signature = hmac.new(wallet["secret_key"].encode(), body, hashlib.sha512).hexdigest()
    headers = {"x-paystack-signature": signature, "content-type": "application/json"}
    assert here.send("paystack", link, Sent("POST", body=body, headers=headers))[0] == 200
