"""TBC Pay as a System of the contract."""

from dataclasses import replace

from fleet_payment_systems.providers.base import WireRequest
from fleet_payment_systems.providers.osmp_systems import TBC
from tests.fleet_payment_systems.providers.samples import osmp_family
from tests.fleet_payment_systems.providers.support import account_of, get, major

ACCOUNT = account_of("tbc", "GEL", "Asia/Tbilisi")
SHAPES = ({"result", "comment"}, {"result", "info", "comment"})
CODES = {
    **osmp_family.CODES,
    "repeat": "215",
    "conflict": "7",
    "blocked": "7",
    "small": "275",
    "large": "275",
    "zero": "275",
}


def check(account: str) -> WireRequest:
    return get({"command": "check", "account": account})


def pay(txn: str, account: str, minor: int) -> WireRequest:
    return get({"command": "pay", "account": account, "txn_id": txn, "sum": major(minor)})


FAMILY = osmp_family.system(TBC, ACCOUNT, SHAPES, CODES)
SYSTEMS = (replace(FAMILY, check=check, pay=pay, fields=FAMILY.fields[:3]),)
