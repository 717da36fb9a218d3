"""A transaction as the cells of one line, and the lines of totals below (FP-06)."""

from collections.abc import Iterator, Sequence
from typing import Final

from fleet_payment_systems.exports import Sums
from fleet_payment_systems.model import Transaction
from shared.clock import to_iso
from shared.money import Money

COLUMNS: Final = (
    *("tx_id", "created_at", "processed_at", "system", "wallet_id", "driver_id", "account"),
    *("amount", "commission", "currency", "state", "sub_state", "reason", "txn", "direction"),
)
NUMBERS: Final = frozenset({COLUMNS.index("amount"), COLUMNS.index("commission")})


def cells(one: Transaction) -> list[str]:
    """In the order of COLUMNS; what a reversal takes back is negative."""
    return [
        one.tx_id,
        to_iso(one.created_at),
        to_iso(one.billing_done_at) if one.billing_done_at else "",
        one.system,
        one.wallet_id,
        one.driver_id,
        one.account,
        str(Money(one.sign * one.amount.minor, one.amount.currency)),
        str(Money(one.sign * one.commission.minor, one.amount.currency)),
        one.amount.currency,
        one.state.value,
        one.step.value,
        one.reason,
        one.txn,
        one.direction.value,
    ]


def totals(sums: Sums) -> Iterator[Sequence[str]]:
    """One line a currency and state; `reason` says of how many transactions."""
    for (currency, state), one in sorted(sums.items()):
        said = dict.fromkeys(COLUMNS, "") | {
            "tx_id": "total",
            "amount": str(Money(one.amount, currency)),
            "commission": str(Money(one.commission, currency)),
            "currency": currency,
            "state": state,
            "reason": f"transactions: {one.count}",
        }
        yield list(said.values())
