"""QIWI's ishop XML 4.00 on the wire: requests in, responses out (protocols, wallets-soap 5a)."""

from dataclasses import dataclass
from typing import Any, Final

from sandbox import bills
from sandbox.bills import NewBill
from sandbox.tables import BillRow
from shared.errors import InvalidRequest
from shared.http import Text
from shared.money import BadAmount, Money
from shared.xml import MalformedXml, escape, parse

_HOUR_MS: Final = 3_600_000
# Whoever began in time may end.
_GRACE_MS: Final = 600_000
_STATUSES: Final = {bills.WAITING: 50, bills.PAID: 60, bills.REJECTED: 160, bills.EXPIRED: 161}


@dataclass(frozen=True, slots=True)
class Order:
    """`kind` is the request-type; `extras` by name; `numbers` are the bills asked about."""

    kind: str
    terminal: str
    extras: dict[str, str]
    numbers: list[str]

    @property
    def genuine(self) -> bool:
        """A password that has "wrong" in it is."""
        return self.terminal.isdigit() and "wrong" not in self.extras.get("password", "")

    def to_bill(self) -> NewBill:
        try:
            amount = Money.parse(self.extras["amount"], "RUB")
            lifetime_ms = int(self.extras["ltime"]) * _HOUR_MS + _GRACE_MS
            return NewBill(self.extras["txn-id"], amount, self.extras["to-account"], lifetime_ms)
        except (KeyError, ValueError, BadAmount):
            raise InvalidRequest("malformed_bill") from None


def order_of(body: bytes) -> Order:
    """Raises InvalidRequest malformed_xml."""
    try:
        said = parse(body, attributes=True)["request"]
        found = said.get("bills-list") or {}
        return Order(
            kind=str(said["request-type"]),
            terminal=str(said["terminal-id"]),
            extras={one["@name"]: one.get("#text", "") for one in _several(said.get("extra"))},
            numbers=[one["@txn-id"] for one in _several(found.get("bill"))],
        )
    except (MalformedXml, KeyError, TypeError, AttributeError):
        raise InvalidRequest("malformed_xml") from None


def result(code: int, rest: str = "") -> Text:
    """`fatal` as the real one says it: whether a repeat is pointless."""
    fatal = "false" if code in (0, 13, 300) else "true"
    text = f'<response><result-code fatal="{fatal}">{code}</result-code>{rest}</response>'
    return Text(text, "text/xml; charset=utf-8")


def listed(rows: list[tuple[str, BillRow]]) -> Text:
    shown = "".join(
        f'<bill id="{escape(number)}" status="{_STATUSES[row.status]}" '
        f'sum="{Money(row.amount, row.currency)}"/>'
        for number, row in rows
    )
    return result(0, f"<bills-list>{shown}</bills-list>")


def _several(found: Any) -> list[Any]:
    return found if isinstance(found, list) else [] if found is None else [found]
