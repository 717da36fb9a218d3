"""Secret links of a wallet: made and shown once, ended, replaced (FP-07..FP-10, L1-L5)."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final

from fleet_payment_systems.model import Link, Operator, Wallet
from fleet_payment_systems.use_cases.wallets import Wallets, without_links
from shared import keys
from shared.errors import Conflict, Refused
from shared.keys import Peppers, StoredKey
from shared.secret import Secret

_KEPT_MAX: Final = 5
# Shown, and never used: its text may have got lost on its way to whoever asked for it (L1).
_ORPHAN_AFTER: Final = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Issued:
    """A new link; `token` is its text, which nothing else has."""

    wallet: Wallet
    link: Link
    token: Secret


@dataclass(frozen=True, slots=True)
class Links:
    """`base_url` is where the payment systems call us, without a path."""

    wallets: Wallets
    peppers: Callable[[], Peppers]
    base_url: str

    def generate(self, by: Operator, wallet_id: str) -> Issued:
        """The wallet's first link, or one in the place of an orphan.

        Raises NotFound; Conflict link_exists, a repeat too: nobody can show a link again (L2);
        Refused system_without_link.
        """

        def allowed(wallet: Wallet, now: datetime) -> tuple[Link, ...]:
            for link in active(wallet, now):
                if link.last_used_at is not None or now - link.created_at < _ORPHAN_AFTER:
                    raise Conflict("link_exists", link_id=link.link_id)
            return without_links(wallet, now).links

        return self._issue(by, wallet_id, "link_generated", allowed)

    def regenerate(self, by: Operator, wallet_id: str, grace: timedelta) -> Issued:
        """Another link. The one in use goes on for `grace`, every other ends now (L5).

        Raises NotFound; Refused system_without_link.
        """

        def ended(wallet: Wallet, now: datetime) -> tuple[Link, ...]:
            going_on = _in_use(active(wallet, now)) if grace else None
            return tuple(
                _ending(link, now + grace)
                if link == going_on
                else (replace(link, revoked_at=now) if link.active(now) else link)
                for link in wallet.links
            )

        return self._issue(by, wallet_id, "link_regenerated", ended)

    def revoke(self, by: Operator, wallet_id: str) -> Wallet:
        """Ends every link at once. A repeat changes nothing."""

        def revoke(wallet: Wallet, now: datetime) -> tuple[Wallet, Mapping[str, Any]] | None:
            ending = [link.link_id for link in active(wallet, now)]
            return (without_links(wallet, now), {"links": ending}) if ending else None

        return self.wallets.rewrite(by, wallet_id, "link_revoked", revoke)

    def _issue(
        self,
        by: Operator,
        wallet_id: str,
        name: str,
        others: Callable[[Wallet, datetime], tuple[Link, ...]],
    ) -> Issued:
        """`others` says what becomes of the links that are there. The token starts with the
        wallet's id, so that one read finds both.
        """
        wallet = self.wallets.get(by, wallet_id)
        if not self.wallets.specs[wallet.system].methods:
            # It calls nobody: a secret that opens nothing would be one secret too many.
            raise Refused("system_without_link")
        token, stored = keys.issue(wallet_id, self.peppers())

        def add(wallet: Wallet, now: datetime) -> tuple[Wallet, Mapping[str, Any]]:
            links = _kept((*others(wallet, now), _link(stored, now)), now)
            return replace(wallet, links=links), {"link_id": stored.key_id}

        wallet = self.wallets.rewrite(by, wallet_id, name, add)
        (link,) = (link for link in wallet.links if link.link_id == stored.key_id)
        return Issued(wallet, link, token)


def active(wallet: Wallet, now: datetime) -> list[Link]:
    """Two at most, the one that is to end first."""
    return sorted((link for link in wallet.links if link.active(now)), key=_rank)


def _in_use(links: Sequence[Link]) -> Link | None:
    """The link that the payment system calls: the last that was used at all.

    A regenerate whose answer got lost is repeated, and must not take the grace from it.
    """
    used = [link for link in links if link.last_used_at is not None]
    return max(used or links, key=_rank, default=None)


def _rank(link: Link) -> tuple[bool, datetime]:
    return link.not_after is None, link.created_at


def _ending(link: Link, at: datetime) -> Link:
    return replace(link, not_after=at if link.not_after is None else min(at, link.not_after))


def _kept(links: tuple[Link, ...], now: datetime) -> tuple[Link, ...]:
    """The active ones and the newest of those that ended; the journal knows the others."""
    newest = sorted(links, key=lambda link: (link.active(now), link.created_at))[-_KEPT_MAX:]
    return tuple(link for link in links if link in newest)


def _link(stored: StoredKey, now: datetime) -> Link:
    return Link(stored.key_id, stored.shown, stored.pepper_id, stored.digest, now)
