"""The scene of `make demo` in which drivers pay at a cash desk by the QR code of their app."""

from dataclasses import replace
from typing import Final

import requests

from local.actors import Json
from local.cash_desk import CashDesk, new_trn
from local.narration import same, say, step, wait_for
from local.scenes import Place

_AMOUNT: Final = "500.00"
_DRIVER: Final = "d-100245"
# Longer than our client waits for contractor-merch-payments.
_SLOW_MS: Final = 4500


def drivers_buy(place: Place) -> None:
    desk = CashDesk(place.facts["mobi"], poll_s=0.3, reverse_after_s=0, reverse_again_s=(0.3,) * 20)
    step("A driver shows his code at a cash desk, and pays at once")
    bought = _bought(place, desk)
    _driver_accepts(place, desk)
    _code_is_refused(place, desk)
    _time_is_over(place, desk)
    step("A part of the first purchase goes back")
    told = desk.refund(bought, "R1", "200.00")
    same("refund", (told.result, told.state), (0, "PARTIALLY_REFUNDED"))
    same("the same refund again", desk.refund(bought, "R1", "200.00").body["refunded"], "200.00")
    _ledger(place, bought, [("debit", _AMOUNT), ("refund", "200.00")])


def _bought(place: Place, desk: CashDesk) -> int:
    shown = _ask(place, "POST", "/v1/qr", {"driver_id": _DRIVER})
    trn = new_trn()
    told = desk.buy(trn, shown["qr_code"], _AMOUNT, say)
    same("purchase", (told.result, told.state), (0, "PAID"))
    again = desk.authorize(trn, shown["qr_code"], _AMOUNT)
    same("the same request again", again.body["ya_transaction_id"], told.body["ya_transaction_id"])
    other = desk.authorize(new_trn(), shown["qr_code"], _AMOUNT)
    same("the same code for another purchase", other.result, 12)
    _ledger(place, trn, [("debit", _AMOUNT)])
    return trn


def _driver_accepts(place: Place, desk: CashDesk) -> None:
    step("Another driver must accept in his app; the desk polls until he has")
    trn = new_trn()

    def accepts(_pause_s: float) -> None:
        payment = _payment(place, trn)
        if payment["status"] == "pending_acceptance":
            accepted = _ask(place, "POST", f"/v1/payments/{payment['payment_id']}/accept")
            say(f"the driver's app: {accepted['status']}")

    told = replace(desk, pause=accepts).buy(trn, "YM1.accept", "90.00", say)
    same("purchase", (told.result, told.state), (0, "PAID"))
    _ledger(place, trn, [("debit", "90.00")])


def _code_is_refused(place: Place, desk: CashDesk) -> None:
    step("Declined: by a driver, for want of money, for a code that is none of ours")
    for qr, result in (("YM1.decline", 22), ("YM1.poor", 20), ("000", 10)):
        told = desk.buy(new_trn(), qr, _AMOUNT, say)
        same(qr, (told.result, told.state), (result, "DECLINED"))
    wrong = replace(desk, facts={**desk.facts, "secret": "x" * 43})
    same("a wrong signature", wrong.status(new_trn()).status, 401)


def _time_is_over(place: Place, desk: CashDesk) -> None:
    step("contractor-merch-payments is slow: nobody knows, the desk gives up, the money goes back")
    trn, hasty = new_trn(), replace(desk, patience_s=0)
    slow = {"fail_next": 1, "status": 0, "latency_ms": _SLOW_MS}
    _ask(place, "POST", "/faults", slow)
    told = hasty.buy(trn, "YM1.ok", _AMOUNT, say)
    same("purchase", (told.result, told.state), (0, "REVERSED"))
    late = hasty.authorize(trn, "YM1.ok", _AMOUNT)
    same("the same number later", (late.result, late.state), (32, "REVERSED"))
    wait_for("the slow answer comes to nothing", lambda: _balance(place, trn), 0)
    say(f"ledger: {_movements(place, trn)}")


def _ledger(place: Place, trn: int, wanted: list[tuple[str, str]]) -> None:
    same("ledger of contractor-merch-payments", _movements(place, trn), wanted)


def _movements(place: Place, trn: int) -> list[tuple[str, str]]:
    entries = _ask(place, "GET", f"/v1/ledger/{_payment(place, trn)['payment_id']}")["entries"]
    return [(each["kind"], each["amount"]) for each in entries]


def _balance(place: Place, trn: int) -> int:
    """How many more debits than returns."""
    kinds = [kind for kind, _ in _movements(place, trn)]
    return kinds.count("debit") - kinds.count("return")


def _payment(place: Place, trn: int) -> Json:
    return _ask(place, "GET", f"/v1/find?idempotency_key=mobi:{trn}")


def _ask(place: Place, method: str, path: str, body: Json | None = None) -> Json:
    """The driver's app, and whoever looks at the books."""
    url = place.facts["sandbox"]["merch_payments"] + path
    answer = requests.request(method, url, json=body or {}, timeout=20)
    found: Json = answer.json()
    return found
