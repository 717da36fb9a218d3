"""`make terminal ARGS="mobi buy YM1.accept 90.00"`: a cash desk on the command line.

buy QR AMOUNT, and with --txn of a purchase status, reverse, refund AMOUNT. --wrong spoils the
signature. Without --fact it is the client that `make up` has made: base_url, client_id, secret.
"""

import json
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Sequence
from typing import Any

from local.cash_desk import CashDesk, Facts, Told, new_trn
from local.running import DESCRIPTION

WORDS = {"buy": 2, "status": 0, "reverse": 0, "refund": 1}


def arguments(given: Sequence[str]) -> Namespace:
    parser = ArgumentParser(prog="python -m local.terminal mobi", description=__doc__)
    parser.add_argument("action", choices=WORDS)
    parser.add_argument("words", nargs="*", help="QR and amount, or the amount")
    parser.add_argument("--txn", type=int, default=0, help="the purchase's number")
    parser.add_argument("--refund-trn", default="", help="the refund's own number")
    parser.add_argument("--patience", type=int, default=60, help="seconds for the driver")
    parser.add_argument("--fact", action="append", default=[], help="name=value")
    parser.add_argument("--wrong", action="store_true", help="with a wrong signature")
    found = parser.parse_args(given)
    if len(found.words) != WORDS[found.action]:
        parser.error(f"{found.action} takes {WORDS[found.action]} words")
    if found.action != "buy" and not found.txn:
        parser.error(f"{found.action} of which purchase? --txn")
    if any("=" not in each for each in found.fact):
        parser.error("--fact reads name=value")
    return found


def facts_of(given: Namespace) -> dict[str, Any]:
    own = {name: value for name, _, value in (each.partition("=") for each in given.fact)}
    facts = own if {"base_url", "client_id", "secret"} <= own.keys() else {**_running(), **own}
    return {**facts, "secret": f"{facts['secret']}x"} if given.wrong else facts


def _running() -> Facts:
    if not DESCRIPTION.is_file():
        sys.exit("nothing runs here: start `make up` in another terminal, or give every --fact")
    found: Facts = json.loads(DESCRIPTION.read_text(encoding="utf-8"))["mobi"]
    return found


def play(desk: CashDesk, given: Namespace, say: Callable[[str], object]) -> Told:
    trn = given.txn or new_trn()
    say(f"purchase {trn}")
    match given.action:
        case "buy":
            qr, amount = given.words
            told = desk.buy(trn, qr, amount, say)
        case "refund":
            told = desk.refund(trn, given.refund_trn or f"R{new_trn()}", *given.words)
        case "reverse":
            told = desk.reverse(trn)
        case _:
            told = desk.status(trn)
    say(f"{given.action}: {told}\n{json.dumps(told.body, ensure_ascii=False)}")
    return told


def main(words: Sequence[str], say: Callable[[str], object]) -> None:
    given = arguments(words)
    play(CashDesk(facts_of(given), patience_s=given.patience), given, say)
