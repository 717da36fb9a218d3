"""How a terminal of the OSMP family writes its requests and reads our answers."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from urllib.parse import parse_qsl

from fleet_payment_systems.providers.base import Account, Provider, WireReply, WireRequest
from shared.secret import Secret
from tests.fleet_payment_systems.providers.support import (
    CANARY,
    Answer,
    Strict,
    System,
    bare,
    basic,
    elements,
    get,
    major,
)

CODES = {
    "ok": "0",
    "repeat": "0",
    "conflict": "300",
    "unknown": "5",
    "malformed": "4",
    "blocked": "79",
    "small": "241",
    "large": "242",
    "zero": "300",
    "down": "1",
    "bad link": "403",
    "bad login": "401",
    "not found": "300",
}
DATE = "20240517123045"


def check(account: str, txn: str = "1234568", **more: str) -> WireRequest:
    told = {"command": "check", "txn_id": txn, "account": account, "sum": "250.00"}
    return get({**told, **more})


def pay(txn: str, account: str, minor: int, **more: str) -> WireRequest:
    told = {"command": "pay", "txn_id": txn, "txn_date": DATE, "account": account}
    return get({**told, "sum": major(minor), **more})


def malformed(account: str = "100245") -> Mapping[str, WireRequest]:
    start = f"txn_id=7&account={account}"
    return {
        "no number": get(f"command=pay&account={account}&sum=1.00"),
        "no sum": get(f"command=pay&{start}"),
        "words for a sum": get(f"command=pay&{start}&sum=abc"),
        "comma": get(f"command=pay&{start}&sum=1,00"),
        "three decimals": get(f"command=pay&{start}&sum=1.000"),
        "no account": get("command=pay&txn_id=7&sum=1.00"),
        "bad date": get(f"command=pay&{start}&sum=1.00&txn_date=2024"),
        "30 February": get(f"command=pay&{start}&sum=1.00&txn_date=20240230120000"),
        "no command": get(f"{start}&sum=1.00"),
        "unknown command": get(f"command=give&{start}&sum=1.00"),
        "a command of another profile": get("command=withdraw&txn_id=7"),
    }


@dataclass(frozen=True, slots=True)
class Reader:
    """`shapes` are the sets of elements that an answer may have."""

    shapes: tuple[set[str], ...]
    root: str = "response"
    prv: str = "prv_txn"

    def __call__(self, reply: WireReply) -> Answer:
        refused = bare(reply, 401, 403)
        if refused is not None:
            return refused
        found = elements(reply, self.root)
        assert set(found) in self.shapes
        assert re.fullmatch("[0-9]+", found["result"])
        number = found.get(self.prv, "")
        assert number == "" or re.fullmatch("[1-9][0-9]{0,18}", number)
        return Answer(found["result"], number)


def strictly(account: str = "account", txn: str = "txn_id") -> Strict:
    """Pays of the family, read once more with nothing but the standard library."""

    def read(request: WireRequest) -> tuple[str, str, int] | None:
        raw = request.raw_query if request.method == "GET" else request.body.decode("latin-1")
        try:
            pairs = parse_qsl(raw, keep_blank_values=True, errors="strict")
        except ValueError:
            return None
        found = dict(pairs)
        if len(found) != len(pairs) or found.get("command") != "pay":
            return None
        sum_ = re.fullmatch(r"(0|[1-9][0-9]*)(?:\.([0-9]{1,2}))?", found.get("sum", ""), re.ASCII)
        if sum_ is None or not found.get(account) or not found.get(txn, "").isdigit():
            return None
        return found[txn], found[account], int(sum_[1] + (sum_[2] or "").ljust(2, "0"))

    return read


def with_login(account: Account) -> Account:
    """The same wallet, whose operator sends HTTP Basic."""
    settings = {**account.settings, "login": "terminal"}
    return replace(account, settings=settings, credentials={"password": Secret(CANARY)})


def system(
    provider: Provider,
    account: Account,
    shapes: tuple[set[str], ...],
    codes: Mapping[str, str] = CODES,
) -> System:
    return System(
        provider=provider,
        account=account,
        guarded=with_login(account),
        txn="1234567",
        check=check,
        pay=pay,
        asks={},
        forged=get(pay("1", "100245", 100).raw_query, authorization=basic("terminal", "guess")),
        malformed=malformed(),
        read=Reader(shapes),
        codes=codes,
        strict=strictly(),
        fields=("txn_id", "account", "sum", "txn_date"),
    )
