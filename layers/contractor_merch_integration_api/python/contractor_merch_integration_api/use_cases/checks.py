"""Task merch_check_payment: an open purchase is looked at until it is known; a refund, until done.

A purchase whose time is over and that is not paid is closed by a cancel: nobody waits at the desk
any more, and a payment that comes late goes back (CM-24, PU4).
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from contractor_merch_integration_api.model import UNDECIDED, Purchase, Wish
from contractor_merch_integration_api.store import PurchaseStore
from contractor_merch_integration_api.use_cases.following import Following
from contractor_merch_integration_api.use_cases.refunds import Refunds
from shared import metrics
from shared.clock import Clock
from shared.store import Transaction, commit
from shared.tasks import Ticket

_ACTOR: Final = "merch_check_payment"


@dataclass(frozen=True, slots=True)
class Checks:
    store: PurchaseStore
    following: Following
    refunds: Refunds
    clock: Clock
    poll_s: int

    def check(self, ticket: Ticket) -> None:
        ya_transaction_id = str(ticket.payload["ya_transaction_id"])
        refund_trn = str(ticket.payload.get("refund_trn", ""))
        if refund_trn:
            self.refunds.finish(ya_transaction_id, refund_trn, ticket)
        else:
            self._watch(ya_transaction_id, ticket)

    def _watch(self, ya_transaction_id: str, ticket: Ticket) -> None:
        found = self.store.purchase(ya_transaction_id)
        if found is None:
            raise LookupError("no such purchase")
        if not found.open:
            ticket.finish()
            return
        age = self.clock.now() - found.created_at
        metrics.gauge("CmUnknownAgeSec", int(age.total_seconds()), "Seconds")

        def end(writes: Transaction, after: Purchase) -> None:
            if not after.open:
                ticket.done(writes)

        after = found
        if found.payment_id or found.wish is not Wish.NONE or not self._over(found):
            after = self.following.step(found, _ACTOR, end)
        if after.state in UNDECIDED and after.wish is Wish.NONE and self._over(after):
            wished = self.following.wish(after, Wish.EXPIRE, _ACTOR)
            after = self.following.step(wished, _ACTOR, end)
        if not ticket.ended:
            writes = Transaction()
            ticket.again(writes, self._next_look(after))
            commit(writes)

    def _over(self, found: Purchase) -> bool:
        return self.clock.now() >= found.expires_at

    def _next_look(self, found: Purchase) -> datetime:
        return min(self.clock.now() + timedelta(seconds=self.poll_s), found.expires_at)
