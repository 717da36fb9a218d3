"""Bills that drivers pay themselves: issued, found, never issued twice (FP-12, 15, 19; R3).

The bill's number, the driver's claim to it and the task that looks at it are committed before the
payment system is asked. If its answer is lost the task looks, and issues under the same number.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from fleet_payment_systems import store as labels
from fleet_payment_systems.bills import UNPAID, Payer
from fleet_payment_systems.model import Direction, Step, Transaction, Wallet
from fleet_payment_systems.ports import BillSystem
from fleet_payment_systems.store.money import Claim, MoneyStore
from fleet_payment_systems.store.wallets import WalletStore
from fleet_payment_systems.use_cases.callbacks import Declined, within_limits
from fleet_payment_systems.use_cases.issuing import ACTOR, asked_for, told_of
from fleet_payment_systems.use_cases.obligations import arm_poll, counted, pay_claim, poll_task
from shared import logs
from shared.clock import Clock
from shared.errors import Conflict, InvalidRequest, NotFound, Refused, Unavailable
from shared.ids import new_id
from shared.money import BadAmount, Money
from shared.store import ConditionFailed, commit
from shared.store import Transaction as Writes
from shared.tasks import Tasks

# Longer than the function that issues may live: only then is its silence an unknown outcome.
_WATCHED_AFTER: Final = timedelta(seconds=25)


@dataclass(frozen=True, slots=True)
class Wish:
    """A driver's request, repeated under the same `key`; `payers` are his "phone" and "email"."""

    wallet_id: str
    amount: str
    payers: Mapping[str, str]
    key: str


@dataclass(frozen=True, slots=True)
class Bills:
    """`systems` are those that take bills, by code."""

    wallets: WalletStore
    money: MoneyStore
    tasks: Tasks
    systems: Mapping[str, BillSystem]
    clock: Clock
    new_tx_id: Callable[[datetime], str]
    ttl: timedelta
    period: timedelta

    def offered(self, by: Payer) -> list[Wallet]:
        """The park's wallets through which its drivers may pay now."""
        found = self.wallets.of_park(by.park_id)
        return [one for one in found if one.enabled and one.system in self.systems]

    def get(self, by: Payer, payment_id: str) -> Transaction:
        """Raises NotFound payment_not_found: for another driver's, and what is no bill, too."""
        found = self.money.transaction(by.park_id, payment_id)
        own = found is not None and found.driver_id == by.driver_id
        if found is None or not own or found.direction != Direction.DRIVER_BILL:
            raise NotFound("payment_not_found")
        return found

    def create(self, by: Payer, wish: Wish) -> tuple[Transaction, bool]:
        """The bill, and whether it is new: a repeat gives the first one's, as it is now.

        Raises NotFound wallet_not_found; Conflict payment_open; InvalidRequest bad_amount;
        Refused payer_invalid, amount_too_small, amount_too_large, payments_off,
        idempotency_mismatch; Unavailable: nobody knows, repeat.
        """
        wallet, system = self._of(by, wish.wallet_id)
        wanted = self._wanted(by, wallet, system, wish)
        request = f"bill#{by.park_id}#{by.driver_id}#{wish.key}"
        # In this order: a twin of this request, which commits both, is found by one or the other.
        held = self.money.claim(_open_claim(wallet, by.driver_id))
        first = self._first(request, wanted)
        if first is not None:
            return first, False
        previous = self._ended(held)
        try:
            commit(self._opening(wallet, wanted, request, previous))
        except ConditionFailed as problem:
            return self._lost(wallet, wanted, request, problem.labels)
        counted(wanted)
        return self._issued(wallet, system, wanted), True

    def _of(self, by: Payer, wallet_id: str) -> tuple[Wallet, BillSystem]:
        wallet = self.wallets.find(wallet_id)
        if wallet is None or wallet.park_id != by.park_id or wallet.deleted_at is not None:
            raise NotFound("wallet_not_found")
        system = self.systems.get(wallet.system)
        if system is None:
            raise NotFound("wallet_not_found")
        return wallet, system

    def _wanted(self, by: Payer, wallet: Wallet, system: BillSystem, wish: Wish) -> Transaction:
        try:
            amount = Money.parse(wish.amount, wallet.currency)
        except BadAmount:
            raise InvalidRequest("bad_amount") from None
        payer = system.payer(wish.payers.get(system.needs, ""))
        if payer is None:
            raise Refused("payer_invalid", needs=system.needs)
        now = self.clock.now()
        return Transaction(
            tx_id=self.new_tx_id(now),
            park_id=wallet.park_id,
            wallet_id=wallet.wallet_id,
            system=wallet.system,
            direction=Direction.DRIVER_BILL,
            txn=new_id(now),
            driver_id=by.driver_id,
            account=payer,
            amount=amount,
            commission=amount.times(wallet.commission_rate),
            step=Step.ISSUING,
            version=1,
            created_at=now,
            updated_at=now,
            expires_at=now + self.ttl,
        )

    def _first(self, request: str, wanted: Transaction) -> Transaction | None:
        """What the same request made before. Raises Refused idempotency_mismatch."""
        found = self._named(self.money.claim(request))
        if found is None:
            return None
        said = (found.wallet_id, found.account, found.amount)
        if said != (wanted.wallet_id, wanted.account, wanted.amount):
            raise Refused("idempotency_mismatch")
        return found

    def _ended(self, claim: Claim | None) -> str:
        """The driver's last bill in the wallet, which has ended. Raises Conflict payment_open."""
        found = self._named(claim)
        if found is None:
            return ""
        if found.step in UNPAID:
            raise Conflict("payment_open", payment_id=found.tx_id)
        return found.tx_id

    def _named(self, claim: Claim | None) -> Transaction | None:
        """The bill that a claim names, as it is now."""
        if claim is None or claim.first is None:
            return None
        return self.money.transaction(claim.park_id, claim.first.tx_id)

    def _opening(self, wallet: Wallet, bill: Transaction, request: str, previous: str) -> Writes:
        """An ended bill never opens again, so the claim that names it may pass to the new one."""
        _may_be_issued(wallet, bill)
        writes = Writes()
        self.wallets.must_issue(writes, wallet)
        self.money.retake(writes, labels.REQUEST, request, bill, "")
        held = _open_claim(wallet, bill.driver_id)
        self.money.retake(writes, labels.OPEN_BILL, held, bill, previous)
        self.money.take(writes, pay_claim(bill, bill.txn), bill)
        self.money.add(writes, bill, ACTOR)
        day = bill.created_at.astimezone(ZoneInfo(wallet.timezone)).date().isoformat()
        self.money.count_day(writes, wallet, day, bill.amount)
        arm_poll(self.tasks, writes, bill, bill.created_at + _WATCHED_AFTER)
        return writes

    def _lost(
        self, wallet: Wallet, wanted: Transaction, request: str, failed: frozenset[str]
    ) -> tuple[Transaction, bool]:
        first = self._first(request, wanted) if labels.REQUEST in failed else None
        if first is not None:
            # Its task will issue it if nobody else does: an answer of ours got lost, at the worst.
            return first, first.tx_id == wanted.tx_id
        if labels.WALLET in failed:
            raise Refused("payments_off")
        if labels.DAY in failed:
            raise Refused("amount_too_large")
        if labels.OPEN_BILL in failed:
            self._ended(self.money.claim(_open_claim(wallet, wanted.driver_id)))
        raise Unavailable("contention")

    def _issued(self, wallet: Wallet, system: BillSystem, bill: Transaction) -> Transaction:
        """The bill as the payment system has taken it, or not, or as it is when nobody knows."""
        try:
            after = asked_for(system, wallet, bill, self.clock)
            writes = Writes()
            self.money.save(writes, after, after.step.value, ACTOR)
            if after.step == Step.ISSUED:
                arm_poll(self.tasks, writes, after, after.updated_at + self.period)
            else:
                self.tasks.disarm(writes, poll_task(after))
            commit(writes)
        except (Unavailable, ConditionFailed) as problem:
            # The task knows what to do. It may have been quicker, too.
            logs.error("bill_issue_unknown", problem, tx_id=bill.tx_id, system=bill.system)
            return self.money.transaction(bill.park_id, bill.tx_id) or bill
        told_of(after)
        return after


def _may_be_issued(wallet: Wallet, bill: Transaction) -> None:
    if not wallet.enabled:
        raise Refused("payments_off")
    try:
        within_limits(wallet, bill.amount)
    except Declined as declined:
        raise Refused(declined.result.value) from None


def _open_claim(wallet: Wallet, driver_id: str) -> str:
    return f"open#{wallet.wallet_id}#{driver_id}"
