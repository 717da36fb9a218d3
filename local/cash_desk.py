"""A cash desk of Mobi.Money: signs, buys by the algorithm of the protocol, gives money back.

Written from protocols 6.2 and 6.3, apart from the adapter: what both misread the same way would
else pass for right. `facts` are `mobi` of build/local.json.
"""

import hmac
import json
import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final

import requests

Json = dict[str, Any]
Facts = Mapping[str, Any]
Sender = Callable[[str, bytes, Mapping[str, str]], tuple[int, Json]]
"""Sends a body to a URL; the answer's status and JSON. Raises OSError when there is none."""

_WAITING: Final = frozenset({1, 50, 51})
_REVERSED: Final = frozenset({0, 33, 35})
_TIMEOUT_S: Final = 30


def over_http(url: str, body: bytes, headers: Mapping[str, str]) -> tuple[int, Json]:
    answer = requests.post(url, data=body, headers=dict(headers), timeout=_TIMEOUT_S)
    found: Json = answer.json() if answer.content else {}
    return answer.status_code, found


@dataclass(frozen=True, slots=True)
class Told:
    """What the desk knows after a request; without an answer, result 51: it knows nothing."""

    status: int
    body: Json

    @property
    def result(self) -> int:
        return int(self.body.get("result", 51))

    @property
    def state(self) -> str:
        return str(self.body.get("state", ""))

    @property
    def paid(self) -> bool:
        """Whether a receipt may be printed."""
        return self.result == 0 and self.state == "PAID"

    @property
    def unknown(self) -> bool:
        return self.status != 200 or self.result in _WAITING

    def __str__(self) -> str:
        return f"HTTP {self.status}, result {self.body.get('result')}, {self.state or 'no state'}"


@dataclass(frozen=True, slots=True)
class CashDesk:
    """`patience_s` is how long the driver may think; times are those of protocols 6.3."""

    facts: Facts
    send: Sender = over_http
    pause: Callable[[float], None] = time.sleep
    now: Callable[[], float] = time.time
    patience_s: int = 60
    poll_s: float = 3
    reverse_after_s: float = 15
    reverse_again_s: tuple[float, ...] = (5, 15, 60)

    def ask(self, operation: str, body: Json) -> Told:
        """One signed request, as it is."""
        raw = json.dumps(body, ensure_ascii=False).encode()
        timestamp = str(int(self.now()))
        message = f"{timestamp}\n{operation}\n".encode() + raw
        signature = hmac.digest(self.facts["secret"].encode(), message, sha256).hex()
        headers = {
            "Content-Type": "application/json",
            "X-Client": self.facts["client_id"],
            "X-Timestamp": timestamp,
            "X-Signature": signature,
        }
        try:
            return Told(*self.send(f"{self.facts['base_url']}/mobi/v1/{operation}", raw, headers))
        except OSError:
            return Told(0, {})

    def authorize(self, trn: int, qr: str, amount: str, **changes: Any) -> Told:
        body = {
            "mobi_transaction_id": trn,
            "qr": qr,
            "amount": amount,
            "currency": "RUB",
            "merchant": {"id": "m-17", "name": "Кафе у парка"},
            "terminal_id": "T77-01",
            "description": f"Purchase {trn}",
            "timeout": max(15, self.patience_s),
        }
        return self.ask("authorize", body | changes)

    def status(self, trn: int) -> Told:
        return self.ask("status", {"mobi_transaction_id": trn})

    def reverse(self, trn: int) -> Told:
        return self.ask("reverse", {"mobi_transaction_id": trn})

    def refund(self, trn: int, refund_trn: str, amount: str) -> Told:
        body = {"mobi_transaction_id": trn, "refund_trn": refund_trn, "amount": amount}
        return self.ask("refund", body)

    def buy(self, trn: int, qr: str, amount: str, say: Callable[[str], object]) -> Told:
        """A whole purchase: the last answer is PAID, a refusal, or what the reverse was told."""
        started = self.now()
        told = self.authorize(trn, qr, amount)
        say(f"authorize: {told}")
        while told.unknown and self.now() - started < self.patience_s:
            self.pause(self.poll_s)
            told = self.status(trn)
            say(f"status: {told}")
        return self._undone(trn, started, say) if told.unknown else told

    def _undone(self, trn: int, started: float, say: Callable[[str], object]) -> Told:
        """Nobody knows, and nobody waits any longer: it must not have happened."""
        self.pause(max(0.0, started + self.reverse_after_s - self.now()))
        told = self.reverse(trn)
        say(f"reverse: {told}")
        for pause_s in self.reverse_again_s:
            if told.status == 200 and told.result in _REVERSED:
                break
            self.pause(pause_s)
            told = self.reverse(trn)
            say(f"reverse again: {told}")
        return told


def new_trn() -> int:
    """A number that no purchase had."""
    return int(time.time() * 1000) * 1000 + secrets.randbelow(1000)
