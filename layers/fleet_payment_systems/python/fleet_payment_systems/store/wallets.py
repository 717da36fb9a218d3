"""Wallets and their links: one row, so that a payment's commit can check both."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from pynamodb.expressions.condition import Condition
from pynamodb.expressions.operand import Path

from fleet_payment_systems.model import DriverLookup, Limits, Link, Overlap, Wallet
from fleet_payment_systems.store import CLAIM, EVENT, WALLET
from fleet_payment_systems.tables import ClaimRow, EventRow, WalletRow
from shared.clock import from_ms, to_ms
from shared.money import Money
from shared.store import Transaction, available, commit


@dataclass(frozen=True, slots=True)
class RequestMark:
    """A request that made a wallet; `content` is the HMAC of its body under `pepper_id`."""

    claim_id: str
    wallet_id: str
    pepper_id: str
    content: str


@dataclass(frozen=True, slots=True)
class Line:
    """What the journal says of revision `rev` of a wallet."""

    rev: int
    name: str
    actor: str
    details: Mapping[str, Any]


class WalletStore:
    def find(self, wallet_id: str) -> Wallet | None:
        """As it is now, deleted ones too."""
        row = WalletRow.find(wallet_id)
        return None if row is None else wallet_of(row)

    def of_park(self, park_id: str) -> list[Wallet]:
        """The park's wallets that are not deleted, in the order of their making."""
        with available():
            keys = [(row.wallet_id,) for row in WalletRow.by_park.query(park_id)]
        found = [wallet_of(row) for row in WalletRow.find_all(keys)]
        alive = [one for one in found if one.deleted_at is None and one.park_id == park_id]
        return sorted(alive, key=lambda one: one.wallet_id)

    def of_system(self, system: str) -> Iterator[Wallet]:
        """Those that are not deleted, of every park: reads the whole table, for an operator."""
        found = map(wallet_of, WalletRow.scan(WalletRow.system == system, consistent_read=True))
        return (one for one in found if one.deleted_at is None)

    def add(
        self,
        transaction: Transaction,
        wallet: Wallet,
        actor: str,
        details: Mapping[str, Any] | None = None,
    ) -> None:
        transaction.put(row_of(wallet), WALLET)
        self._journal(transaction, wallet, "created", actor, details or {})

    def save(
        self,
        transaction: Transaction,
        wallet: Wallet,
        name: str,
        actor: str,
        details: Mapping[str, Any],
    ) -> None:
        """`wallet` carries the next rev; the stored one must still be the one before (L8).

        Nor may a link have been used since it was read: that moves no rev, and would be undone.
        The row is no copy any more: whoever still copies the old store leaves it alone.
        """
        own = replace(wallet, old_mark="")
        transaction.put(row_of(own), WALLET, unchanged(wallet, wallet.rev - 1))
        self._journal(transaction, wallet, name, actor, details)

    def request(self, claim_id: str) -> RequestMark | None:
        """What was made by a request of that key before."""
        row = ClaimRow.find(claim_id)
        if row is None:
            return None
        return RequestMark(claim_id, row.wallet_id or "", row.pepper_id or "", row.content or "")

    def remember(self, transaction: Transaction, mark: RequestMark, park_id: str) -> None:
        row = ClaimRow(
            mark.claim_id,
            park_id=park_id,
            wallet_id=mark.wallet_id,
            pepper_id=mark.pepper_id,
            content=mark.content,
        )
        same = ClaimRow.claim_id.does_not_exist() | (ClaimRow.wallet_id == mark.wallet_id)
        transaction.put(row, CLAIM, same)

    def old_link(self, digest: str) -> str:
        """The wallet of the old service's link whose digest that is; "" when there is none."""
        row = ClaimRow.find(f"old-link#{digest}")
        return "" if row is None else row.wallet_id or ""

    def note(self, transaction: Transaction, wallet_id: str, line: Line, at: datetime) -> None:
        """A line of the journal, at its own rev."""
        event = EventRow(
            f"wallet#{wallet_id}",
            line.rev,
            at=to_ms(at),
            name=line.name,
            actor=line.actor,
            details=dict(line.details) or None,
        )
        transaction.put(event, EVENT)

    def must_take(
        self, transaction: Transaction, wallet: Wallet, link: Link, now: datetime
    ) -> None:
        """The commit fails unless the wallet is on and the link alive: a revoke is exact (L3)."""
        on = WalletRow.enabled == True  # noqa: E712 - builds a condition
        transaction.check(WalletRow(wallet.wallet_id), WALLET, on & _alive(link, now))

    def must_answer(
        self, transaction: Transaction, wallet: Wallet, link: Link, now: datetime
    ) -> None:
        """As must_take, for what makes no new credit: the wallet may be switched off."""
        transaction.check(WalletRow(wallet.wallet_id), WALLET, _alive(link, now))

    def must_issue(self, transaction: Transaction, wallet: Wallet) -> None:
        """As must_take, for a bill, which no link has to do with."""
        on = WalletRow.enabled == True  # noqa: E712 - builds a condition
        row = WalletRow(wallet.wallet_id)
        transaction.check(row, WALLET, on & WalletRow.deleted_at.does_not_exist())

    def touch(self, wallet: Wallet, link: Link, now: datetime) -> None:
        """Marks the link as used: no revision of the wallet, nothing waits for it."""
        used = Path(["links", link.link_id, "last_used_at"])
        transaction = Transaction()
        row = WalletRow(wallet.wallet_id)
        known = Path(["links", link.link_id]).exists()
        transaction.update(row, WALLET, [used.set(to_ms(now))], known)
        commit(transaction)

    def _journal(
        self,
        transaction: Transaction,
        wallet: Wallet,
        name: str,
        actor: str,
        details: Mapping[str, Any],
    ) -> None:
        line = Line(wallet.rev, name, actor, details)
        self.note(transaction, wallet.wallet_id, line, wallet.updated_at)


def unchanged(wallet: Wallet, rev: int) -> Condition:
    """The stored wallet is still of `rev`, and no link of `wallet` was used since it was read."""
    same: Condition = WalletRow.rev == rev
    for link in wallet.links:
        used = Path(["links", link.link_id, "last_used_at"])
        if link.last_used_at is None:
            same &= used.does_not_exist()
        else:
            new = Path(["links", link.link_id]).does_not_exist()
            same &= new | (used == to_ms(link.last_used_at))
    return same


def _alive(link: Link, now: datetime) -> Condition:
    path = ["links", link.link_id]
    ends = Path([*path, "not_after"])
    alive: Condition = (
        WalletRow.deleted_at.does_not_exist()
        & Path(path).exists()
        & Path([*path, "revoked_at"]).does_not_exist()
        & (ends.does_not_exist() | (ends > to_ms(now)))
    )
    return alive


def row_of(wallet: Wallet) -> WalletRow:
    limits = wallet.limits
    return WalletRow(
        wallet.wallet_id,
        park_id=wallet.park_id,
        system=wallet.system,
        profile=wallet.profile,
        title=wallet.title,
        enabled=wallet.enabled,
        currency=wallet.currency,
        timezone=wallet.timezone,
        minimum=limits.minimum and limits.minimum.minor,
        maximum=limits.maximum and limits.maximum.minor,
        daily=limits.daily and limits.daily.minor,
        commission_rate=str(wallet.commission_rate),
        driver_lookup=wallet.driver_lookup.value,
        allow_reversal=wallet.allow_reversal,
        show_balance=wallet.show_balance,
        settings=dict(wallet.settings),
        credentials=dict(wallet.credentials),
        ip_allowlist=list(wallet.ip_allowlist),
        notify_emails=list(wallet.notify_emails),
        links={link.link_id: _link_map(link) for link in wallet.links},
        rev=wallet.rev,
        created_at=to_ms(wallet.created_at),
        updated_at=to_ms(wallet.updated_at),
        token_expires_at=wallet.token_expires_at and to_ms(wallet.token_expires_at),
        deleted_at=wallet.deleted_at and to_ms(wallet.deleted_at),
        stopped=wallet.stopped or None,
        resumes=wallet.resumes or None,
        before=wallet.overlap and dict(wallet.overlap.credentials),
        before_until=wallet.overlap and to_ms(wallet.overlap.until),
        old_mark=wallet.old_mark or None,
        live_system=None if wallet.deleted_at else wallet.system,
    )


def _link_map(link: Link) -> dict[str, object]:
    told = asdict(link) | {"hashed": link.hashed or None}
    kept = {name: value for name, value in told.items() if value is not None}
    return {
        name: to_ms(value) if isinstance(value, datetime) else value for name, value in kept.items()
    }


def wallet_of(row: WalletRow) -> Wallet:
    def money(minor: int | None) -> Money | None:
        return None if minor is None else Money(minor, row.currency)

    links = [_link(value) for value in _plain(row.links).values()]
    return Wallet(
        wallet_id=row.wallet_id,
        park_id=row.park_id,
        system=row.system,
        profile=row.profile,
        title=row.title,
        enabled=row.enabled,
        currency=row.currency,
        timezone=row.timezone,
        limits=Limits(money(row.minimum), money(row.maximum), money(row.daily)),
        commission_rate=Decimal(row.commission_rate),
        driver_lookup=DriverLookup(row.driver_lookup),
        allow_reversal=row.allow_reversal,
        show_balance=row.show_balance,
        settings=_plain(row.settings),
        credentials=_plain(row.credentials),
        ip_allowlist=tuple(row.ip_allowlist),
        notify_emails=tuple(row.notify_emails),
        links=tuple(sorted(links, key=lambda link: (link.created_at, link.link_id))),
        rev=row.rev,
        created_at=from_ms(row.created_at),
        updated_at=from_ms(row.updated_at),
        token_expires_at=_moment(row.token_expires_at),
        deleted_at=_moment(row.deleted_at),
        stopped=row.stopped or "",
        resumes=bool(row.resumes),
        overlap=_overlap(row),
        old_mark=row.old_mark or "",
    )


def _overlap(row: WalletRow) -> Overlap | None:
    until = _moment(row.before_until)
    return None if until is None else Overlap(_plain(row.before), until)


def _plain(attribute: Any) -> dict[str, Any]:
    return dict(attribute.as_dict())


def _link(kept: Any) -> Link:
    return Link(
        link_id=kept["link_id"],
        shown=kept["shown"],
        pepper_id=kept["pepper_id"],
        digest=kept["digest"],
        created_at=from_ms(int(kept["created_at"])),
        not_after=_moment(kept.get("not_after")),
        revoked_at=_moment(kept.get("revoked_at")),
        last_used_at=_moment(kept.get("last_used_at")),
        hashed=bool(kept.get("hashed")),
    )


def _moment(milliseconds: int | None) -> datetime | None:
    return None if milliseconds is None else from_ms(int(milliseconds))
