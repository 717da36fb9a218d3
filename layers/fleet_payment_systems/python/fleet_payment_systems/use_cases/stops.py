"""An operator stops wallets, over the heads of their parks, and lets them go on (FP-04).

A stopped wallet takes no new payment and answers for all that it has taken (M8). Its park cannot
switch it on; of a park that is stopped as a whole a new wallet is stopped, too.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Annotated, Any, Final, Self

from pydantic import Field, model_validator

from fleet_payment_systems.model import Link, Operator, Wallet
from fleet_payment_systems.store.wallets import WalletStore
from fleet_payment_systems.use_cases.wallets import PARK_STOP, Wallets, without_links
from shared import trace
from shared.errors import NotFound
from shared.wire import Wire

_RESERVE_S: Final = 15
_CALLER: Final = "by hand"
Text = Annotated[str, Field(min_length=1, max_length=200)]


class StopWallets(Wire):
    """One of the three. `stop` false lets go on what was stopped the same way. Nothing is changed
    unless `dry_run` is false.
    """

    wallet_id: Text | None = None
    park_id: Text | None = None
    system: Text | None = None
    stop: bool = True
    operator: Text
    reason: Text
    dry_run: bool = True

    @model_validator(mode="after")
    def _one_choice(self) -> Self:
        if sum(one is not None for one in (self.wallet_id, self.park_id, self.system)) != 1:
            raise ValueError("give wallet_id, or park_id, or system")
        return self

    @property
    def mark(self) -> str:
        """How the stop is called in the wallet: who stopped it lets it go on."""
        if self.park_id is not None:
            return PARK_STOP
        return "wallet" if self.wallet_id is not None else "system"


class RevokeLinks(Wire):
    """`link_id` None ends all of them. Nothing is changed unless `dry_run` is false."""

    wallet_id: Text
    link_id: Text | None = None
    operator: Text
    reason: Text
    dry_run: bool = True


@dataclass(frozen=True, slots=True)
class Stops:
    store: WalletStore
    wallets: Wallets

    def run(self, wish: StopWallets) -> dict[str, Any]:
        """{dry_run, stop, wallets: [{wallet_id, park_id, system, enabled, stopped}], changed,
        complete}. To be repeated when `complete` is false: time ran out. Raises NotFound.
        """
        shown, changed, complete = [], 0, True
        for wallet in self._wallets(wish):
            if trace.remaining_s() < _RESERVE_S:
                complete = False
                break
            after = wallet if wish.dry_run else self._change(wallet, wish)
            changed += after.rev != wallet.rev
            shown.append(_shown(after))
        report = {"dry_run": wish.dry_run, "stop": wish.stop, "wallets": shown}
        return {**report, "changed": changed, "complete": complete}

    def revoke(self, wish: RevokeLinks) -> dict[str, Any]:
        """{dry_run, wallet_id, links}: ids of the links that end. Raises NotFound."""
        wallet = self._one(wish.wallet_id)
        ending: list[str] = []

        def revoke(found: Wallet, now: datetime) -> tuple[Wallet, Mapping[str, Any]] | None:
            ended = _ended(found, wish.link_id, now)
            ending[:] = [
                old.link_id for old, new in zip(found.links, ended, strict=True) if old != new
            ]
            note = {"links": list(ending), "reason": wish.reason}
            return (replace(found, links=ended), note) if ending else None

        if wish.dry_run:
            revoke(wallet, self.wallets.clock.now())
        else:
            by = Operator(wallet.park_id, wish.operator, _CALLER)
            self.wallets.rewrite(by, wallet.wallet_id, "link_revoked", revoke)
        return {"dry_run": wish.dry_run, "wallet_id": wallet.wallet_id, "links": ending}

    def _wallets(self, wish: StopWallets) -> Iterator[Wallet] | Sequence[Wallet]:
        if wish.park_id is not None:
            return self.store.of_park(wish.park_id)
        if wish.system is not None:
            return self.store.of_system(wish.system)
        return [self._one(wish.wallet_id or "")]

    def _one(self, wallet_id: str) -> Wallet:
        found = self.store.find(wallet_id)
        if found is None or found.deleted_at is not None:
            raise NotFound("wallet_not_found")
        return found

    def _change(self, wallet: Wallet, wish: StopWallets) -> Wallet:
        def change(found: Wallet, _now: datetime) -> tuple[Wallet, Mapping[str, Any]] | None:
            after = _stopped(found, wish.mark) if wish.stop else _going_on(found, wish.mark)
            return None if after is None else (after, {"reason": wish.reason, "stop": wish.mark})

        by = Operator(wallet.park_id, wish.operator, _CALLER)
        name = "stopped" if wish.stop else "let_go_on"
        return self.wallets.rewrite(by, wallet.wallet_id, name, change)


def _stopped(wallet: Wallet, mark: str) -> Wallet | None:
    """None when it is stopped already, by whomever: the first stop says who may end it."""
    if wallet.stopped:
        return None
    return replace(wallet, stopped=mark, enabled=False, resumes=wallet.enabled)


def _going_on(wallet: Wallet, mark: str) -> Wallet | None:
    """As it was when it was stopped; None when that was not this stop."""
    if wallet.stopped != mark:
        return None
    return replace(wallet, stopped="", enabled=wallet.resumes, resumes=False)


def _ended(wallet: Wallet, link_id: str | None, now: datetime) -> tuple[Link, ...]:
    if link_id is None:
        return without_links(wallet, now).links
    return tuple(
        replace(link, revoked_at=now) if link.link_id == link_id and link.active(now) else link
        for link in wallet.links
    )


def _shown(wallet: Wallet) -> dict[str, Any]:
    return {
        **{"wallet_id": wallet.wallet_id, "park_id": wallet.park_id, "system": wallet.system},
        **{"enabled": wallet.enabled, "stopped": wallet.stopped},
    }
