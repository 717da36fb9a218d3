"""Tokens that a payment system gave for a year: who must renew one soon is told (FP-17, FP-18).

A notice is claimed for ever by wallet, end and threshold, together with the task that sends it: so
each threshold has one, whatever dies or runs twice, and a renewed token begins anew. The e-mail
itself is sent at least once: SES knows no key, so that a process that dies between SES's yes and
the end of the task makes a second one.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import Final

from fleet_payment_systems.model import Wallet
from fleet_payment_systems.ports import Mail
from fleet_payment_systems.store.live import Live, LiveWallets
from fleet_payment_systems.store.wallets import WalletStore
from fleet_payment_systems.task_names import TOKEN_NOTICE
from shared import logs, metrics
from shared.clock import Clock, to_iso, to_ms
from shared.store import ConditionFailed, Transaction, commit
from shared.tasks import Tasks, Ticket

THRESHOLDS: Final = (0, 1, 7, 14, 30)
"""Days before a token's end; 0 is when it is over."""
_BATCH: Final = 100


def threshold(ends: datetime, now: datetime) -> int | None:
    """The lowest one reached: whoever missed a day tells the newest state, not the old ones."""
    left = ends - now
    return next((days for days in THRESHOLDS if left <= timedelta(days=days)), None)


@dataclass(frozen=True, slots=True)
class Due:
    """A wallet whose token ends at `ends`, `days` being the threshold reached."""

    wallet: Wallet
    ends: datetime
    days: int

    @property
    def name(self) -> str:
        return f"{self.wallet.wallet_id}#{to_ms(self.ends)}#{self.days}"


@dataclass(frozen=True, slots=True)
class TokenWatch:
    """Cron check_qiwi_tokens: reads the index of live wallets, and of the rows only those due."""

    live: LiveWallets
    store: WalletStore
    tasks: Tasks
    systems: Sequence[str]
    clock: Clock

    def check(self) -> None:
        now = self.clock.now()
        counts: Counter[int] = Counter()
        soon = (one for one in self._all() if _reached(one, now))
        for some in _batches(soon):
            due = [*self._due(some, now)]
            counts.update(one.days for one in due)
            told = self.live.claimed([f"token#{one.name}" for one in due])
            for one in due:
                if f"token#{one.name}" not in told:
                    self._begin(one, now)
        for days in THRESHOLDS:
            metrics.gauge("QiwiTokensExpiring", counts[days], Threshold=_called(days))

    def _all(self) -> Iterator[Live]:
        for system in self.systems:
            yield from self.live.of_system(system)

    def _due(self, some: Sequence[Live], now: datetime) -> Iterator[Due]:
        for wallet in self.live.now([one.wallet_id for one in some]):
            ends = wallet.token_expires_at
            days = None if ends is None else threshold(ends, now)
            if ends is not None and days is not None and wallet.deleted_at is None:
                yield Due(wallet, ends, days)

    def _begin(self, due: Due, now: datetime) -> None:
        writes = Transaction()
        self.live.claim(writes, f"token#{due.name}", due.wallet)
        payload: dict[str, str | int] = {
            "wallet_id": due.wallet.wallet_id,
            "ends": to_ms(due.ends),
            "days": due.days,
        }
        self.tasks.arm(writes, f"{TOKEN_NOTICE}#{due.name}", payload, now)
        try:
            commit(writes)
        except ConditionFailed:
            logs.info("token_notice_begun_already", wallet_id=due.wallet.wallet_id)


@dataclass(frozen=True, slots=True)
class TokenNotices:
    store: WalletStore
    mail: Mail

    def send(self, ticket: Ticket) -> None:
        """One e-mail to all addresses of the wallet, unless its token is another by now."""
        told = ticket.payload
        wallet = self.store.find(str(told["wallet_id"]))
        if wallet is None or wallet.deleted_at is not None or not _same_end(wallet, told["ends"]):
            ticket.finish()
            return
        if wallet.notify_emails:
            self.mail.send(wallet.notify_emails, *notice(wallet, int(told["days"])))
            logs.info("token_notice_sent", wallet_id=wallet.wallet_id, days=told["days"])
        else:
            metrics.count("FpsTokenNoticeUnaddressed")
            logs.error("token_notice_unaddressed", wallet_id=wallet.wallet_id)
        ticket.finish()


def notice(wallet: Wallet, days: int) -> tuple[str, str]:
    """Subject and text."""
    ends = "" if wallet.token_expires_at is None else to_iso(wallet.token_expires_at)[:10]
    if days == 0:
        subject = f"{wallet.title}: the token is over, payments have stopped"
    else:
        subject = f"{wallet.title}: the token ends on {ends}"
    text = (
        f"The payment system's token of the wallet “{wallet.title}” ({wallet.system}) "
        f"ends on {ends}.\n\nOrder a new one in the payment system's cabinet and enter it, with "
        "its end, in the wallet. Nothing else has to be done; the link stays as it is.\n"
    )
    return subject, text


def _batches(some: Iterator[Live]) -> Iterator[list[Live]]:
    while batch := [*islice(some, _BATCH)]:
        yield batch


def _reached(one: Live, now: datetime) -> bool:
    ends = one.token_expires_at
    return ends is not None and threshold(ends, now) is not None


def _same_end(wallet: Wallet, ends: int) -> bool:
    return wallet.token_expires_at is not None and to_ms(wallet.token_expires_at) == ends


def _called(days: int) -> str:
    return str(days) if days else "expired"
