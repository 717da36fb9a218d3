"""Who calls: the secret link in the path, and the address it comes from (FX-02, FX-20, L3, L4)."""

import ipaddress
import re
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from fleet_payment_systems.model import Link, Wallet
from fleet_payment_systems.old_items import link_hash
from fleet_payment_systems.store.wallets import WalletStore
from shared import logs
from shared.clock import Clock
from shared.errors import Unavailable
from shared.keys import Peppers, StoredKey, key_id_of, verify
from shared.store import ConditionFailed

_TOKEN: Final = re.compile(r"([0-9A-Za-z-]{1,64})_[0-9a-f]{16}_[0-9A-Za-z_-]{43}", re.ASCII)
# What the old service's links may look like.
_OLD_TOKEN: Final = re.compile(r"[0-9A-Za-z_.~-]{16,200}", re.ASCII)
_NOBODY: Final = "0" * 26
_TOUCH_EVERY: Final = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Gate:
    wallets: WalletStore
    peppers: Peppers
    clock: Clock

    def enter(self, system: str, token: str, source_ip: str) -> tuple[Wallet, Link] | None:
        """The wallet whose link `token` is, read now; None for every kind of bad link alike:
        unknown, malformed, revoked, ended, of another system, from a foreign address.

        A token reads `<wallet id>_<link id>_<43 characters>`, so one read finds both. One of
        the old service says nothing: a row by the digest of its hash names the wallet (FP-46).
        """
        own = _TOKEN.fullmatch(token)
        hashed = "" if own else link_hash(token)
        wallet = self.wallets.find(own[1] if own else self._old_wallet(token, hashed))
        link = _link(wallet, token) if own else _old_link(wallet, hashed, self.peppers)
        genuine = verify(hashed or token, None if link is None else _stored(link), self.peppers)
        if wallet is None or link is None or not genuine:
            return None
        usable = wallet.deleted_at is None and wallet.system == system
        if not usable or not link.active(self.clock.now()) or not _allowed(wallet, source_ip):
            return None
        return wallet, link

    def _old_wallet(self, token: str, hashed: str) -> str:
        if not _OLD_TOKEN.fullmatch(token):
            return _NOBODY
        digests = (self.peppers.digest(one, hashed).hex() for one in self.peppers.by_id)
        found = (self.wallets.old_link(digest) for digest in digests)
        return next((wallet_id for wallet_id in found if wallet_id), _NOBODY)

    def used(self, wallet: Wallet, link: Link) -> None:
        """Keeps the moment of use, every ten minutes at most; nobody's payment depends on it."""
        now = self.clock.now()
        if link.last_used_at is not None and now - link.last_used_at < _TOUCH_EVERY:
            return
        try:
            self.wallets.touch(wallet, link, now)
        except (ConditionFailed, Unavailable) as problem:
            logs.error("link_touch_failed", problem, wallet_id=wallet.wallet_id)


def _link(wallet: Wallet | None, token: str) -> Link | None:
    if wallet is None:
        return None
    link_id = key_id_of(token, wallet.wallet_id)
    return next((link for link in wallet.links if link.link_id == link_id), None)


def _old_link(wallet: Wallet | None, hashed: str, peppers: Peppers) -> Link | None:
    links = () if wallet is None else (link for link in wallet.links if link.hashed)
    return next((link for link in links if verify(hashed, _stored(link), peppers)), None)


def _stored(link: Link) -> StoredKey:
    return StoredKey(link.link_id, link.shown, link.pepper_id, link.digest)


def _allowed(wallet: Wallet, source_ip: str) -> bool:
    """An empty list allows every address: not every operator publishes its own."""
    if not wallet.ip_allowlist:
        return True
    try:
        address = ipaddress.ip_address(source_ip)
    except ValueError:
        return False
    return any(address in ipaddress.ip_network(network) for network in wallet.ip_allowlist)
