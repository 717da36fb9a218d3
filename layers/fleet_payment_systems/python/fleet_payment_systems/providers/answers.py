"""What the answers of several protocols share: elements, our number, refusals without a body."""

from typing import Final

from fleet_payment_systems.operations import Outcome
from fleet_payment_systems.providers.base import TEXT_XML, WireReply
from shared.xml import escape

DECLARATION: Final = '<?xml version="1.0" encoding="UTF-8"?>\n'
TEXT_PLAIN: Final = "text/plain; charset=utf-8"
_CHALLENGE: Final = {"WWW-Authenticate": 'Basic realm="payments"'}


def tag(name: str, text: str) -> str:
    return f"<{name}>{escape(text)}</{name}>"


def response(inner: str) -> WireReply:
    """`inner` in the answer of TellCell and Idram: plain ASCII, names of people as references."""
    text = f'<?xml version="1.0" encoding="utf-8"?><response>{inner}</response>'
    return WireReply(text.encode("ascii", "xmlcharrefreplace"), TEXT_XML)


def number(outcome: Outcome) -> str:
    """Our payment number as protocols want it: a positive integer, "" when there is none."""
    return str(int(outcome.transaction.tx_id)) if outcome.transaction is not None else ""


def refusal(basic: bool = False) -> WireReply:
    """Not a partner: nothing for its parser, and no fatal code for a genuine payment.

    With `basic` the answer says that a login is missing or wrong.
    """
    if basic:
        return WireReply(b"", TEXT_PLAIN, 401, _CHALLENGE)
    return WireReply(b"", TEXT_PLAIN, 403)
