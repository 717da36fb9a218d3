"""Bugs to put in on purpose into purchases at cash desks (appendix C)."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from contractor_merch_integration_api import model, store
from contractor_merch_integration_api.clients import DriverPayments
from contractor_merch_integration_api.model import (
    Client,
    Purchase,
    Refund,
    Seen,
    Standing,
    State,
    Wish,
)
from contractor_merch_integration_api.operations import Authorize, Outcome, Result
from contractor_merch_integration_api.store import Known, PurchaseStore
from contractor_merch_integration_api.tables import TrnRow
from contractor_merch_integration_api.use_cases import purchases, refunds
from contractor_merch_integration_api.use_cases.following import Following
from contractor_merch_integration_api.use_cases.purchases import Purchases
from contractor_merch_integration_api.use_cases.refunds import Refunds
from shared.errors import Unavailable
from shared.ids import new_token
from shared.store import Row, commit
from shared.store import Transaction as Writes
from shared.tasks import TaskRow, Tasks, Ticket

Patch = pytest.MonkeyPatch
Plant = Callable[[Patch], None]


def overwrite(writes: Writes, row: Row, label: str, _condition: object = None) -> None:
    writes._puts.append((label, lambda write: write.save(row)))


def seed_1_no_version_no_journal(patch: Patch) -> None:
    """Each stands in for the other: neither is there."""

    def save(_: Any, writes: Writes, purchase: Purchase, *_rest: Any) -> None:
        overwrite(writes, store._row(purchase), store.PURCHASE)

    patch.setattr(PurchaseStore, "save", save)


def seed_3_nothing_reserved(patch: Patch) -> None:
    moved = Purchase.moved

    def forget(self: Purchase, now: Any, **changes: Any) -> Purchase:
        changes.pop("reserved", None)
        return moved(self, now, **changes)

    patch.setattr(Purchase, "moved", forget)


def seed_3_no_bound(patch: Patch) -> None:
    patch.setattr(refunds, "_refusal", lambda *_: None)


def seed_4_less_instead_of_at_most(patch: Patch) -> None:
    rest = model.Purchase.rest.fget  # type: ignore[attr-defined]
    less = property(lambda self: replace(found := rest(self), minor=found.minor - 1))
    patch.setattr(Purchase, "rest", less)


def seed_10_number_taken_before_the_purchase(patch: Patch) -> None:
    add = PurchaseStore.add

    def early(self: PurchaseStore, writes: Writes, purchase: Purchase) -> None:
        whole = Writes()
        add(self, whole, purchase)
        taken = Writes()
        taken._puts = [each for each in whole._puts if each[0] == store.TRN]
        commit(taken)
        writes._puts += [each for each in whole._puts if each[0] != store.TRN]

    patch.setattr(PurchaseStore, "add", early)


def seed_11_number_taken_after_the_purchase(patch: Patch) -> None:
    add = PurchaseStore.add

    def late(self: PurchaseStore, writes: Writes, purchase: Purchase) -> None:
        add(self, writes, purchase)
        writes._puts = [each for each in writes._puts if each[0] != store.TRN]
        trn = TrnRow(
            f"mobi#{purchase.trn}",
            ya_transaction_id=purchase.ya_transaction_id,
            client_id=purchase.client_id,
            at=0,
        )
        taken = Writes()
        overwrite(taken, trn, store.TRN)
        writes.after_commit.append(lambda: commit(taken))

    patch.setattr(PurchaseStore, "add", late)


def seed_15_no_comparison_of_content(patch: Patch) -> None:
    patch.setattr(Authorize, "content", property(lambda _self: "same"))


def seed_17_new_key_on_retry(patch: Patch) -> None:
    key = property(lambda self: f"{self.aggregator}:{self.trn}:{new_token()}")
    patch.setattr(Purchase, "key", key)


def seed_17_new_refund_on_retry(patch: Patch) -> None:
    patch.setattr(Refund, "refund_id", property(lambda self: new_token()))


def seed_19_time_out_is_declined(patch: Patch) -> None:
    create = DriverPayments.create

    def refused(self: DriverPayments, purchase: Purchase) -> Seen:
        try:
            return create(self, purchase)
        except Unavailable:
            return Seen(Standing.DECLINED, reason="qr_invalid")

    patch.setattr(DriverPayments, "create", refused)


def seed_21_paid_before_it_is_known(patch: Patch) -> None:
    step = Following.step

    def hopeful(self: Following, found: Purchase, *rest: Any) -> Purchase:
        try:
            return step(self, found, *rest)
        except Unavailable:
            return replace(found, state=State.PAID)

    patch.setattr(Following, "step", hopeful)


def seed_22_task_ended_before_its_work(patch: Patch) -> None:
    original, done = Tasks.take, Ticket.done

    def take(self: Tasks, task_id: str, attempts_max: int | None) -> Ticket | None:
        ticket = original(self, task_id, attempts_max)
        if ticket is not None:
            writes = Writes()
            done(ticket, writes)
            commit(writes)
        return ticket

    patch.setattr(Tasks, "take", take)
    patch.setattr(Ticket, "done", lambda *_: None)


def seed_24_no_task(patch: Patch) -> None:
    patch.setattr(purchases, "arm_watch", lambda *_: None)


def seed_26_worker_without_any_guard(patch: Patch) -> None:
    """Lease, version, journal and the remote's key each stop a second delivery: none is left."""

    def look(self: Tasks, task_id: str, _attempts_max: int | None) -> Ticket | None:
        row = TaskRow.find(task_id)
        if row is None:
            return None
        return Ticket(task_id, json.loads(row.payload), row.attempts, row.token, self)

    seed_17_new_key_on_retry(patch)
    patch.setattr(Tasks, "take", look)
    patch.setattr(Writes, "put", overwrite)


def seed_27_no_sweeper(patch: Patch) -> None:
    patch.setattr(Tasks, "_top_up", lambda *_: 0)


def seed_39_no_tombstone(patch: Patch) -> None:
    patch.setattr(PurchaseStore, "bury", lambda *_: None)


def wish_after_the_effect(patch: Patch) -> None:
    """R3: the cancel is sent before anybody knows that it is wanted."""

    def wish(_: Following, found: Purchase, wanted: Wish, _actor: str) -> Purchase:
        return replace(found, wish=wanted)

    patch.setattr(Following, "wish", wish)


def reversed_without_asking(patch: Patch) -> None:
    """A payment that nobody has heard of is taken for none."""
    fulfilled = Following.step

    def step(self: Following, found: Purchase, actor: str, end: Any = None) -> Purchase:
        if found.wish is Wish.REVERSE and not found.payment_id:
            return self._commit(found, Seen(Standing.CANCELLED), actor, end)
        return fulfilled(self, found, actor, end)

    patch.setattr(Following, "step", step)


def wish_forgotten(patch: Patch) -> None:
    """Who hears that it is paid believes it, whatever was wished meanwhile (PU6)."""
    state_by = Purchase._state_by

    def believe(self: Purchase, seen: Seen) -> State:
        return state_by(replace(self, wish=Wish.NONE), seen)

    patch.setattr(Purchase, "_state_by", believe)


def lost_race_is_a_refusal(patch: Patch) -> None:
    """The loser of two equal purchases must hear the winner's."""

    def again(_: Purchases, _client: Client, known: Known, _wish: Authorize) -> Outcome:
        return Outcome(Result.TRN_CONFLICT, PurchaseStore().purchase(known.ya_transaction_id))

    patch.setattr(Purchases, "_again", again)


def refund_done_by_the_first_answer(patch: Patch) -> None:
    """A refund is told DONE before contractor-merch-payments was asked."""

    def tried(self: Refunds, _client: Client, found: Purchase, refund: Refund) -> Outcome:
        done = replace(refund, state=model.RefundState.DONE)
        return Outcome(Result.OK, self._written(found, done, "desk", None), done)

    patch.setattr(Refunds, "_tried", tried)
