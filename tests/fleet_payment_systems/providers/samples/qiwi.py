"""QIWI's ishop XML as its public clients have it: 5a of the protocols."""

from typing import Final

from fleet_payment_systems.bills import Bill
from fleet_payment_systems.providers.base import Account
from shared.money import Money
from tests.fleet_payment_systems.providers.support import account_of

ACCOUNT: Final[Account] = account_of(
    "ishop_xml", "RUB", "Europe/Moscow", {"terminal_id": "123456"}, password="secret"
)
NUMBER: Final = "park77-100042-1"
BILL: Final = Bill(NUMBER, "77", "100042", "9161234567", Money(50_000, "RUB"), 24 * 3600)
_HEAD: Final = "<request><protocol-version>4.00</protocol-version><request-type>{}</request-type>"
_LOGIN: Final = '<terminal-id>123456</terminal-id><extra name="password">secret</extra>'
ISSUE: Final = (
    _HEAD.format(30) + _LOGIN + '<extra name="txn-id">park77-100042-1</extra>'
    '<extra name="to-account">9161234567</extra>'
    '<extra name="amount">500.00</extra><extra name="comment">Top-up 100042</extra>'
    '<extra name="ltime">24</extra>'
    '<extra name="ALARM_SMS">0</extra><extra name="ACCEPT_CALL">0</extra>'
    '<extra name="create-agt">1</extra></request>'
)
LOOK: Final = (
    _HEAD.format(33)
    + _LOGIN
    + '<bills-list><bill txn-id="park77-100042-1"/></bills-list></request>'
)
CANCEL: Final = (
    _HEAD.format(29) + _LOGIN + '<extra name="txn-id">park77-100042-1</extra>'
    '<extra name="status">reject</extra></request>'
)
ISSUED: Final = b'<response><result-code fatal="false">0</result-code></response>'
PAID: Final = (
    b'<response><result-code fatal="false">0</result-code><bills-list>'
    b'<bill id="park77-100042-1" status="60" sum="500.00"/></bills-list></response>'
)
WRONG_PASSWORD: Final = b'<response><result-code fatal="true">150</result-code></response>'


def result(code: int, fatal: bool) -> bytes:
    told = "true" if fatal else "false"
    return f'<response><result-code fatal="{told}">{code}</result-code></response>'.encode()


def listed(*bills: str) -> bytes:
    head = '<response><result-code fatal="false">0</result-code><bills-list>'
    return f"{head}{''.join(bills)}</bills-list></response>".encode()


def bill(status: str, total: str = "500.00", number: str = NUMBER) -> str:
    return f'<bill id="{number}" status="{status}" sum="{total}"/>'
