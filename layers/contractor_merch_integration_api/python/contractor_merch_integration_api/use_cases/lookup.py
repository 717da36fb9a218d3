"""Purchases and clients of cash desks by whatever id somebody has of them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from contractor_merch_integration_api.model import Client, Purchase, Refund
from contractor_merch_integration_api.store import ClientStore, Known, PurchaseStore
from contractor_merch_integration_api.use_cases.following import refund_watch_id, watch_id
from shared.clock import to_iso
from shared.finding import Found, task_facts
from shared.tasks import TaskRow


@dataclass(frozen=True, slots=True)
class Lookup:
    """Reads by keys alone. A driver's code and the names at the desk are told to nobody."""

    purchases_store: PurchaseStore
    clients_store: ClientStore

    def purchases(self, text: str) -> Iterator[Found]:
        """By our number, or <aggregator>#<its number>; a reversal is of a number that was reversed
        before its purchase came.
        """
        aggregator, _, trn = text.partition("#")
        known = self.purchases_store.known(aggregator, trn) if trn else Known(text)
        if known is None:
            return
        if not known.ya_transaction_id:
            yield Found("reversal", text, {"before": "its purchase"})
            return
        found = self.purchases_store.purchase(known.ya_transaction_id)
        if found is not None:
            yield Found("purchase", found.ya_transaction_id, self._facts(found))

    def clients(self, text: str) -> Iterator[Found]:
        found = self.clients_store.find(text)
        if found is not None:
            yield Found("client", text, _of_client(found))

    def _facts(self, found: Purchase) -> dict[str, Any]:
        refunds = self.purchases_store.refunds(found.ya_transaction_id)
        return {
            **_of_purchase(found),
            "refunds": {each.refund_trn: _of_refund(each) for each in refunds},
            "events": self.purchases_store.journal(found.ya_transaction_id),
            "tasks": {row.task_id: task_facts(row) for row in _tasks(found, refunds)},
        }


def _tasks(found: Purchase, refunds: Sequence[Refund]) -> list[TaskRow]:
    ids = [watch_id(found.ya_transaction_id), *(refund_watch_id(each) for each in refunds)]
    return TaskRow.find_all([(task_id,) for task_id in ids])


def _of_purchase(one: Purchase) -> dict[str, Any]:
    return {
        **{"aggregator": one.aggregator, "trn": one.trn, "client_id": one.client_id},
        **{"merchant_id": one.merchant_id, "terminal_id": one.terminal_id},
        **{"state": one.state.value, "wish": one.wish.value, "reason": one.reason},
        **{"amount": str(one.amount), "currency": one.amount.currency},
        **{"refunded": str(one.refunded), "reserved": str(one.reserved)},
        "payment_id": one.payment_id,
        **{"created_at": to_iso(one.created_at), "expires_at": to_iso(one.expires_at)},
        "updated_at": to_iso(one.updated_at),
    }


def _of_refund(one: Refund) -> dict[str, str]:
    return {"state": one.state.value, "amount": str(one.amount), "reason": one.reason}


def _of_client(one: Client) -> dict[str, Any]:
    keys = {key.key_id: to_iso(key.not_after) if key.not_after else "" for key in one.keys}
    return {"aggregator": one.aggregator, "enabled": one.enabled, "rev": one.rev, "keys": keys}
