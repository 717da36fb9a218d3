"""A wallet in both stores, compared: names of what differs, never a value."""

from typing import Final

from fleet_payment_systems.model import Link, Wallet
from fleet_payment_systems.old_items import Unreadable
from fleet_payment_systems.ports import OldItem
from fleet_payment_systems.use_cases.copies import Copies

_TERMS: Final = (
    *("system", "profile", "title", "enabled", "currency", "timezone", "limits"),
    *("commission_rate", "driver_lookup", "allow_reversal", "show_balance", "settings"),
    *("ip_allowlist", "notify_emails", "token_expires_at", "rev"),
    *("stopped", "resumes", "overlap"),
)


def differences(copies: Copies, park_id: str, item: OldItem, own: Wallet | None) -> list[str]:
    """Of one wallet: "missing" where one side has none, "content" where a secret may differ."""
    there = own is not None and own.deleted_at is None
    if item.text is None or own is None or not there:
        return ["missing"] if there or item.text is not None else []
    try:
        old = copies.read(park_id, item, own).wallet
    except Unreadable as problem:
        return [problem.reason]
    found = [name for name in _TERMS if getattr(old, name) != getattr(own, name)]
    if old.credentials.keys() != own.credentials.keys():
        found.append("credentials")
    if _links(old) != _links(own):
        found.append("links")
    if not copies.is_of(own, item.text):
        found.append("content")
    return found


def _links(wallet: Wallet) -> set[tuple[object, ...]]:
    """Whose use is not compared: only our store keeps it."""

    def of(link: Link) -> tuple[object, ...]:
        return link.link_id, link.digest, link.not_after, link.revoked_at, link.hashed

    return {of(link) for link in wallet.links}
