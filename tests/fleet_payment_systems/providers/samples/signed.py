"""Signed queries of terminals, read and signed once more with nothing but the standard library."""

import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from urllib.parse import parse_qsl

from fleet_payment_systems.providers.base import WireRequest
from tests.fleet_payment_systems.providers.support import Strict, get

Signature = Callable[[Mapping[str, str]], str]


def md5(text: str) -> str:
    raw = text.encode("utf-8", "replace")
    return hashlib.md5(raw, usedforsecurity=False).hexdigest()


def signed(told: Mapping[str, str], name: str, signature: Signature) -> WireRequest:
    return get({**told, name: signature(told)})


def signer(name: str, signature: Signature) -> Callable[[WireRequest], WireRequest]:
    """Gives a changed request the signature of what a reader of it would read."""

    def sign(request: WireRequest) -> WireRequest:
        pairs = parse_qsl(request.raw_query, keep_blank_values=True, errors="surrogateescape")
        kept = [each for each in request.raw_query.split("&") if not each.startswith(f"{name}=")]
        return replace(request, raw_query="&".join([*kept, f"{name}={signature(dict(pairs))}"]))

    return sign


def strictly(txn: str, account: str, amount: str, is_payment: Mapping[str, str | None]) -> Strict:
    """The payment that a query says; `is_payment` are parameters that it must have, or not."""

    def read(request: WireRequest) -> tuple[str, str, int] | None:
        try:
            pairs = parse_qsl(request.raw_query, keep_blank_values=True, errors="strict")
        except ValueError:
            return None
        found = dict(pairs)
        sum_ = re.fullmatch(r"(0|[1-9][0-9]*)(?:\.([0-9]{1,2}))?", found.get(amount, ""), re.ASCII)
        right = all(found.get(name) == value for name, value in is_payment.items())
        if len(found) != len(pairs) or sum_ is None or not right:
            return None
        minor = int(sum_[1] + (sum_[2] or "").ljust(2, "0"))
        return found.get(txn, ""), found.get(account, ""), minor

    return read
