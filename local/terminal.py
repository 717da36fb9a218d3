"""`make terminal`: plays a payment system's terminal against a park's secret link.

check, pay, repeat (one payment sent twice), cancel, status; --wrong spoils login or signature, or
the link where a system has neither. Without --link it calls the wallet that `make up` has made.
`mobi` is a cash desk: buy QR AMOUNT; with --txn of a purchase status, reverse, refund AMOUNT.
`paystack pay REFERENCE AMOUNT` sends the webhook of a bill that is paid.
"""

import json
import secrets
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final, Self
from zoneinfo import ZoneInfo

import requests

from local import desk_command
from local.running import DESCRIPTION
from local.terminals import language
from local.terminals.words import (
    Answer,
    Facts,
    Language,
    NotSpoken,
    Payment,
    Sent,
    TwoPhased,
)

Sender = Callable[[str, Sent], tuple[int, str]]
"""Sends to a link; the answer's status and text."""

ACTIONS: Final = ("check", "pay", "repeat", "cancel", "status")
_TIMEOUT_S: Final = 60
_SECRETS: Final = ("password", "sign_secret", "secret_key")


def over_http(link: str, sent: Sent) -> tuple[int, str]:
    below = f"{link}/api/{sent.operation}" if sent.operation else link
    url = f"{below}?{sent.query}" if sent.query else below
    answer = requests.request(
        sent.method, url, data=sent.body or None, headers=dict(sent.headers), timeout=_TIMEOUT_S
    )
    return answer.status_code, answer.text


@dataclass(frozen=True, slots=True)
class Terminal:
    """One payment system's terminal at one link."""

    link: str
    speaks: Language
    timezone: str
    send: Sender = over_http

    @classmethod
    def of(cls, system: str, facts: Facts, send: Sender = over_http) -> Self:
        """`facts` of a wallet as in build/local.json."""
        zone = facts.get("timezone", "UTC")
        return cls(facts["link"], language(system, facts), zone, send)

    def payment(self, account: str, amount: str, txn: str = "") -> Payment:
        """What is to be paid, under a number that was not used before unless one is given."""
        now = datetime.now(ZoneInfo(self.timezone)).replace(microsecond=0)
        new = f"{int(now.timestamp())}{secrets.randbelow(10**6):06d}"
        return Payment(txn or new, account, amount, now)

    def check(self, payment: Payment) -> Answer:
        return self._asked(self.speaks.check(payment))

    def pay(self, payment: Payment) -> Answer:
        """To its end: where there are two phases, both."""
        answer = self._asked(self.speaks.pay(payment))
        if not answer.ok or not isinstance(self.speaks, TwoPhased):
            return answer
        confirmed = self._asked(self.speaks.confirm(payment, answer))
        return replace(confirmed, number=answer.number)

    def cancel(self, payment: Payment) -> Answer:
        """Raises NotSpoken, as status does."""
        return self._asked(self.speaks.cancel(payment))

    def status(self, payment: Payment) -> Answer:
        return self._asked(self.speaks.status(payment))

    def _asked(self, sent: Sent) -> Answer:
        return self.speaks.read(*self.send(self.link, sent))


def spoiled(facts: Facts) -> dict[str, str]:
    """The same wallet for somebody who does not know its secret."""
    wrong = {name: f"{facts[name]}x" for name in _SECRETS if facts.get(name)}
    if not wrong:
        last = "A" if facts["link"][-1] != "A" else "B"
        wrong = {"link": facts["link"][:-1] + last}
    return {**facts, **wrong}


def arguments(given: list[str]) -> Namespace:
    parser = ArgumentParser(prog="python -m local.terminal", description=__doc__)
    parser.add_argument("system", help="uzpaynet, city24, qiwi_qvp, qiwi_md, mobilnik, tbc, ...")
    parser.add_argument("action", choices=ACTIONS)
    parser.add_argument(
        "account", nargs="?", default="", help="what a driver types; paystack: a bill"
    )
    parser.add_argument("amount", nargs="?", default="", help="in major units: 150.00")
    parser.add_argument("--txn", default="", help="the payment's number; of status and cancel")
    parser.add_argument("--link", default="", help="a link of any stack, instead of make up's")
    parser.add_argument("--fact", action="append", default=[], help="name=value, as in local.json")
    parser.add_argument("--wrong", action="store_true", help="with a wrong login or signature")
    found = parser.parse_args(given)
    if found.action in {"cancel", "status"} and not found.txn:
        parser.error(f"{found.action} which payment? --txn")
    if found.action not in {"cancel", "status"} and not found.account:
        parser.error(f"{found.action} for whom, and how much?")
    if any("=" not in each for each in found.fact):
        parser.error("--fact reads name=value")
    return found


def facts_of(given: Namespace) -> dict[str, str]:
    own = {name: value for name, _, value in (each.partition("=") for each in given.fact)}
    known: Mapping[str, Any] = {"link": given.link} if given.link else _running(given.system)
    facts = {name: str(value) for name, value in {**known, **own}.items()}
    return spoiled(facts) if given.wrong else facts


def _running(system: str) -> Mapping[str, Any]:
    if not DESCRIPTION.is_file():
        sys.exit("nothing runs here: start `make up` in another terminal, or give --link")
    wallets = json.loads(DESCRIPTION.read_text(encoding="utf-8"))["park"]["wallets"]
    if system not in wallets:
        sys.exit(f"the demo's park has wallets of {', '.join(sorted(wallets))}")
    found: Mapping[str, Any] = wallets[system]
    return found


def play(terminal: Terminal, given: Namespace, say: Callable[[str], None]) -> None:
    payment = terminal.payment(given.account, given.amount, given.txn)
    say(f"payment {payment.txn}")
    asked = ("pay", "pay") if given.action == "repeat" else (given.action,)
    for action in asked:
        answer: Answer = getattr(terminal, action)(payment)
        say(f"{action}: {answer}\n{answer.text}")


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def main() -> None:
    if sys.argv[1:2] == ["mobi"]:
        desk_command.main(sys.argv[2:], _say)
        return
    given = arguments(sys.argv[1:])
    try:
        terminal = Terminal.of(given.system, facts_of(given))
        play(terminal, given, _say)
    except NotSpoken as problem:
        sys.exit(f"{given.system} has no {problem}")


if __name__ == "__main__":
    main()
