"""A purchase by our number, or by <aggregator>#<its number>."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from contractor_merch_integration_api.model import Purchase
from contractor_merch_integration_api.store import PurchaseStore
from shared.clock import to_iso
from shared.finding import Found


@dataclass(frozen=True, slots=True)
class Lookup:
    store: PurchaseStore

    def purchases(self, text: str) -> Iterator[Found]:
        aggregator, _, trn = text.partition("#")
        known = self.store.known(aggregator, trn) if trn else None
        number = text if known is None else known.ya_transaction_id
        found = self.store.purchase(number) if number else None
        if found is not None:
            yield Found("purchase", found.ya_transaction_id, _facts(found))
        elif known is not None:
            yield Found("reversal", text, {"before": "its purchase"})


def _facts(one: Purchase) -> dict[str, Any]:
    return {
        **{"aggregator": one.aggregator, "trn": one.trn, "payment_id": one.payment_id},
        **{"merchant_id": one.merchant_id, "terminal_id": one.terminal_id},
        **{"state": one.state.value, "wish": one.wish.value, "reason": one.reason},
        **{"amount": str(one.amount), "currency": one.amount.currency},
        **{"refunded": str(one.refunded), "reserved": str(one.reserved)},
        "updated_at": to_iso(one.updated_at),
    }
