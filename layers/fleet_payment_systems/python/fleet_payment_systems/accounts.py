"""What a payer may type at a terminal, by the wallet's way of finding the driver (FP-41)."""

import re
from collections.abc import Mapping
from typing import Final

from fleet_payment_systems.model import DriverLookup

_FORMS: Final[Mapping[DriverLookup, re.Pattern[str]]] = {
    DriverLookup.PAY_CODE: re.compile(r"[0-9]{4,12}", re.ASCII),
    DriverLookup.PHONE: re.compile(r"\+?[0-9]{7,15}", re.ASCII),
    DriverLookup.LICENSE: re.compile(r"\w{4,20}"),
    DriverLookup.CALLSIGN: re.compile(r"[0-9A-Za-z-]{1,12}", re.ASCII),
}


def well_formed(account: str, lookup: DriverLookup) -> bool:
    """Whether `account` can name a driver at all; a pay code carries a check digit (Luhn)."""
    if _FORMS[lookup].fullmatch(account) is None:
        return False
    return lookup != DriverLookup.PAY_CODE or luhn_digit(account[:-1]) == account[-1]


def luhn_digit(number: str) -> str:
    """The check digit to append to `number` (ISO/IEC 7812-1)."""
    doubled = [int(digit) * (2 - place % 2) for place, digit in enumerate(reversed(number))]
    return str(-sum(value // 10 + value % 10 for value in doubled) % 10)
