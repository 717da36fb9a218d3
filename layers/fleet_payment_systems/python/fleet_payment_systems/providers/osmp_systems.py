"""The systems of the OSMP family that differ by data only: QIWI, QIWI Moldova, Mobilnik, TBC."""

from dataclasses import replace
from typing import Final

from fleet_payment_systems.operations import Check, Pay, Result
from fleet_payment_systems.providers.base import Field, Spec
from fleet_payment_systems.providers.osmp import (
    BASIC,
    COMMENTS,
    OSMP_CODES,
    Dialect,
    Osmp,
    renamed,
)

_OSMP: Final = Dialect()

# QIWI's own addresses are 79.142.16.0/20 and 91.232.230.0/23 (osmp-family 1.1).
QIWI_QVP: Final = Osmp(
    Spec(
        code="qiwi_qvp",
        title="QIWI terminals (OSMP)",
        country="RU",
        currencies=("RUB", "KZT", "USD", "EUR"),
        profiles=("osmp",),
        fields=BASIC,
        methods=("GET", "POST"),
        instructions=(
            "Give QIWI the address {url} for check and pay. Account format: your drivers' pay "
            "codes. Limit the wallet to QIWI's addresses 79.142.16.0/20 and 91.232.230.0/23."
        ),
        confirmed=True,
    ),
    _OSMP,
)

QIWI_MD: Final = Osmp(
    Spec(
        code="qiwi_md",
        title="QIWI Moldova",
        country="MD",
        currencies=("MDL",),
        profiles=("osmp",),
        fields=BASIC,
        methods=("GET", "POST"),
        instructions=(
            "Give QIWI Moldova the address {url}. Ask whether the probe of 10.00 in check stays "
            "within your limits, and for the list of addresses."
        ),
        confirmed=False,
    ),
    replace(
        _OSMP,
        check=("id", "sum", "ccy", "result", "comment"),
        paid=("id", "prv", "sum", "ccy", "result", "comment", "date"),
    ),
)

MOBILNIK: Final = Osmp(
    Spec(
        code="mobilnik",
        title="Mobilnik terminals",
        country="KG",
        currencies=("KGS",),
        profiles=("osmp", "osmp_extended"),
        fields=(*BASIC, *renamed("txn", "id", "prv", "root")),
        methods=("GET", "POST"),
        instructions=(
            "Give Mobilnik the address {url}. Nothing public describes its format: confirm "
            "parameter and element names, addresses and a signature with the operator."
        ),
        confirmed=False,
    ),
    _OSMP,
)

_TBC_CODES: Final = {
    **OSMP_CODES,
    Result.DUPLICATE: 215,
    Result.BAD_REQUEST: 4,
    Result.UNKNOWN_OPERATION: 4,
    Result.ACCOUNT_BLOCKED: 7,
    Result.AMOUNT_INVALID: 275,
    Result.AMOUNT_TOO_SMALL: 275,
    Result.AMOUNT_TOO_LARGE: 275,
    Result.IN_PROGRESS: 1,
    # Its list has no code for these, and it may repeat 300 for ever.
    Result.DUPLICATE_CONFLICT: 7,
    Result.ALREADY_CANCELLED: 7,
}
_TBC_COMMENTS: Final = {
    **COMMENTS,
    Result.DUPLICATE: "Duplicate transaction",
    Result.ACCOUNT_NOT_FOUND: "Account does not exist",
    Result.AMOUNT_INVALID: "Invalid amount",
    Result.AMOUNT_TOO_SMALL: "Invalid amount",
    Result.AMOUNT_TOO_LARGE: "Invalid amount",
    Result.BAD_REQUEST: "Invalid parameters",
}

TBC: Final = Osmp(
    Spec(
        code="tbc",
        title="TBC Pay",
        country="GE",
        currencies=("GEL",),
        profiles=("tbc",),
        fields=(
            *BASIC,
            *renamed("account"),
            Field(
                "repeat_code",
                required=False,
                default="215",
                choices=("215", "0"),
                help="how a repeated payment is answered: ask whether 215 counts as paid",
            ),
        ),
        methods=("GET",),
        instructions=(
            "Give TBC the address {url}. Confirm the name of the account parameter, the addresses "
            "and that 215 means paid before."
        ),
        confirmed=False,
    ),
    Dialect(
        commands={"check": Check, "pay": Pay},
        codes=_TBC_CODES,
        comments=_TBC_COMMENTS,
        check=("result", "name", "comment"),
        paid=("result", "comment"),
        failed=("result", "comment"),
        content_type="application/xml; charset=UTF-8",
    ),
)
