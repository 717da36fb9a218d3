"""The scene of `make demo` in which ten payment systems pay a taxi park's drivers."""

from collections import Counter
from typing import Final

import requests

from local import park_books
from local.actors import Json
from local.narration import same, say, step, wait_for
from local.park import plans
from local.scenes import Place
from local.terminal import Terminal, spoiled
from local.terminals.words import Payment

_AMOUNT: Final = "150.00"
# Billing goes down after so many systems have paid, for so many of its calls.
_BEFORE_OUTAGE: Final = 3
_OUTAGE: Final = 6

Paid = tuple[Terminal, Payment, str]


def drivers_are_paid(place: Place) -> None:
    park = place.facts["park"]
    step(f"Payment systems take money for {park['park_id']}, each by its own secret link")
    paid: list[Paid] = []
    for system, account in zip(plans(), park["accounts"], strict=True):
        if len(paid) == _BEFORE_OUTAGE:
            _billing_goes_down(place)
        terminal = Terminal.of(system, park["wallets"][system])
        paid.append(_pays(system, terminal, account))
    _refuses_strangers(park["wallets"])

    step("Billing comes back; every payment is credited, and only once")
    wait_for("drivers credited", lambda: len(_books(place)), len(paid))
    for terminal, payment, ours in paid:
        again = terminal.pay(payment)
        same(f"{payment.txn} comes again", again.code, terminal.speaks.again)
        _once(place, payment.account, ours)
    park_books.books_are_shown(place, len(paid))


def _pays(system: str, terminal: Terminal, account: str) -> Paid:
    payment = terminal.payment(account, _AMOUNT)
    checked, first, second = terminal.check(payment), *(terminal.pay(payment) for _ in range(2))
    codes = (checked.code, first.code, second.code)
    same(f"{system:9} check, pay, pay again", codes, ("0", "0", terminal.speaks.again))
    if second.number:
        same(f"{system:9} both times number", second.number, first.number)
    return terminal, payment, first.number


def _billing_goes_down(place: Place) -> None:
    outage = {"fail_next": _OUTAGE, "status": 503, "latency_ms": 0}
    answer = requests.post(place.facts["sandbox"]["billing"] + "/faults", json=outage, timeout=10)
    same("billing goes down", answer.status_code, 200)


def _refuses_strangers(wallets: Json) -> None:
    for system in ("city24", "elecsnet", "idram", "tbc"):
        stranger = Terminal.of(system, spoiled(wallets[system]))
        answer = stranger.pay(stranger.payment("100245", _AMOUNT))
        say(f"{system:9} {'wrong link' if system == 'tbc' else 'wrong secret'}: {answer}")
        same(f"{system:9} took it", answer.ok, False)


def _once(place: Place, account: str, ours: str) -> None:
    """One entry in billing's ledger, one in the fleet's books, under the terminal's number."""
    query = f"park_id={place.facts['park']['park_id']}&driver_id=d-{account}"
    entries = place.sandbox("billing", f"/v1/ledger?{query}").json()["entries"]
    keys = [each["idempotency_key"] for each in entries if each["category"] == "topup"]
    same(
        f"driver {account}: credits, fleet transactions",
        (len(keys), _books(place)[account]),
        (1, 1),
    )
    if ours:
        same(f"driver {account}: number of the credit", str(int(keys[0])), ours)


def _books(place: Place) -> Counter[str]:
    """The fleet's transactions by the driver's account."""
    found = place.sandbox("fleet_transactions", f"/v1/ledger/{place.facts['park']['park_id']}")
    return Counter(
        str(each["driver_id"]).removeprefix("d-") for each in found.json()["transactions"]
    )
