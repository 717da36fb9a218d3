"""QIWI bills, outbound: ishop XML 4.00 over POST (protocols, wallets-soap 5a). Polled: no callback.

Sums are roubles with two decimals. A bill's number is ours, of at most 30 characters.
"""

import re
from typing import Any, Final

from fleet_payment_systems.bills import Bill, BillStatus, Seen
from fleet_payment_systems.ports import RefusedForGood
from fleet_payment_systems.providers.base import TEXT_XML, Account, Field, Spec
from fleet_payment_systems.providers.bills import Unreadable, WireAnswer, WireCall, phone
from shared.money import BadAmount, Money
from shared.xml import MalformedXml, escape, parse

_OK: Final = "0"
_EXISTS: Final = "215"
_NO_BILL: Final = "210"
_PAID: Final = 60
# Everything below is under way, everything from here on has ended unpaid.
_ENDED: Final = 100
_HOUR_S: Final = 3600
_STATUS: Final = re.compile(r"[0-9]{1,4}", re.ASCII)


class Qiwi:
    spec = Spec(
        code="qiwi",
        title="QIWI bills",
        country="RU",
        currencies=("RUB",),
        profiles=("ishop_xml",),
        fields=(
            Field("terminal_id", pattern="[0-9]{1,20}", help="login of the shop, digits"),
            Field("password", secret=True, help="password of the shop's XML interface"),
        ),
        methods=(),
        instructions=(
            "QIWI calls nobody: we issue bills and ask for their status. Switch the XML interface "
            "on in the shop's cabinet and give us its login and password."
        ),
        confirmed=False,
        payer="phone",
    )

    def payer(self, said: str) -> str | None:
        """Ten digits without the 7 of the country: the protocol knows no other countries."""
        digits = phone(said)
        if digits is None or len(digits) == 10:
            return digits
        return digits[1:] if len(digits) == 11 and digits[0] == "7" else None

    def issue(self, account: Account, bill: Bill) -> WireCall:
        return _call(
            account,
            "issue",
            "30",
            _extra("txn-id", bill.number)
            + _extra("to-account", bill.payer)
            + _extra("amount", str(bill.amount))
            + _extra("comment", f"Top-up {bill.driver_id}")
            + _extra("ltime", str(-(-bill.lifetime_s // _HOUR_S)))
            + _extra("ALARM_SMS", "0")
            + _extra("ACCEPT_CALL", "0")
            + _extra("create-agt", "1"),
        )

    def issued(self, answer: WireAnswer) -> str:
        """A number that exists is this bill: nobody else makes such numbers."""
        code, fatal, _response = _read(answer)
        if code in (_OK, _EXISTS):
            return ""
        if fatal:
            raise RefusedForGood(f"qiwi_{code}")
        raise Unreadable

    def look(self, account: Account, number: str) -> WireCall:
        wanted = f'<bills-list><bill txn-id="{escape(number)}"/></bills-list>'
        return _call(account, "look", "33", wanted)

    def seen(self, account: Account, number: str, answer: WireAnswer) -> Seen:
        code, _fatal, response = _read(answer)
        if code == _NO_BILL:
            return Seen(BillStatus.MISSING)
        if code != _OK:
            raise Unreadable
        bills = response.get("bills-list") or {}
        found = bills.get("bill") if isinstance(bills, dict) else None
        listed = found if isinstance(found, list) else [found]
        mine = [one for one in listed if isinstance(one, dict) and one.get("@id") == number]
        if not mine:
            return Seen(BillStatus.MISSING)
        if len(mine) > 1:
            raise Unreadable
        return _seen(mine[0], account.currency)

    def cancel(self, account: Account, number: str) -> WireCall | None:
        what = _extra("txn-id", number) + _extra("status", "reject")
        return _call(account, "cancel", "29", what)


def _call(account: Account, operation: str, kind: str, rest: str) -> WireCall:
    password = account.credentials.get("password")
    terminal = account.settings.get("terminal_id", "")
    text = (
        "<request><protocol-version>4.00</protocol-version>"
        f"<request-type>{kind}</request-type><terminal-id>{escape(terminal)}</terminal-id>"
        f"{_extra('password', password.reveal() if password else '')}{rest}</request>"
    )
    return WireCall(operation, "POST", "/xml", text.encode(), {"Content-Type": TEXT_XML})


def _extra(name: str, value: str) -> str:
    return f'<extra name="{name}">{escape(value)}</extra>'


def _read(answer: WireAnswer) -> tuple[str, bool, dict[str, Any]]:
    """The result code, whether a repeat is pointless, and the response."""
    try:
        response = parse(answer.body, attributes=True)["response"]
        result = response["result-code"]
        code, fatal = str(result["#text"]), result["@fatal"] == "true"
    except (MalformedXml, KeyError, TypeError):
        raise Unreadable from None
    return code, fatal, response


def _seen(bill: dict[str, Any], currency: str) -> Seen:
    try:
        if _STATUS.fullmatch(bill["@status"]) is None:
            raise Unreadable
        status = int(bill["@status"])
        if status == _PAID:
            amount = Money.parse(bill["@sum"], currency)
            return Seen(BillStatus.PAID, amount, str(status))
    except (KeyError, TypeError, BadAmount):
        raise Unreadable from None
    ended = BillStatus.ENDED if status >= _ENDED else BillStatus.WAITING
    return Seen(ended, detail=str(status))
