"""A wallet as the old service keeps it: one JSON item of `PaySystem:Items:{park_id}` (FP-21).

Nobody here has seen such an item: which of its fields is which of ours says old_items.json. What
the old service does not know lies in one field more, `own`, which it may lose: then the copy in
our store knows. Of our links there are digests only.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal, InvalidOperation
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from fleet_payment_systems.model import WALLET_ID, DriverLookup, Limits, Link, Overlap, Wallet
from fleet_payment_systems.specs import Spec
from fleet_payment_systems.zones import ZONES
from shared.clock import from_ms
from shared.keys import Peppers
from shared.money import Money
from shared.secret import Secret

KEPT: Final = ""
"""Stands in `Wallet.credentials` for a secret that lies in the old store."""
OLD_LINK: Final = "old-"
"""How the ids of the old service's own links begin."""
_OWN_TERMS: Final = (
    *("profile", "timezone", "allow_reversal", "show_balance", "ip_allowlist"),
    *("driver_lookup", "limits", "stopped", "resumes", "overlap"),
)


class Unreadable(Exception):
    """No wallet of ours can be made of the item; `reason` repeats nothing of it."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Names:
    """The old service's words, by ours."""

    systems: Mapping[str, str]
    names: Mapping[str, str]
    credentials: Mapping[str, str]
    own: str

    def credential(self, name: str) -> str:
        return self.credentials.get(name) or name.title().replace("_", "")


@cache
def names() -> Names:
    return Names(**json.loads(Path(__file__).with_suffix(".json").read_text(encoding="utf-8")))


@dataclass(frozen=True, slots=True)
class Source:
    """What an item is read with: the systems by code, and our copy of it if there is one."""

    park_id: str
    wallet_id: str
    specs: Mapping[str, Spec]
    peppers: Peppers
    copy: Wallet | None
    now: datetime


@dataclass(frozen=True, slots=True)
class OldWallet:
    """`wallet` has KEPT for each of `secrets`; `rev` is 0 when the item says none."""

    wallet: Wallet
    secrets: Mapping[str, Secret]
    rev: int


def read(text: Secret, source: Source) -> OldWallet:
    """Raises Unreadable."""
    try:
        item = json.loads(text.reveal(), parse_float=Decimal)
        return _read(item, source)
    except Unreadable:
        raise
    except (ValueError, KeyError, TypeError, AttributeError, InvalidOperation):
        raise Unreadable("malformed") from None


def _read(item: Mapping[str, Any], source: Source) -> OldWallet:
    word, copy = names().names, source.copy
    theirs = str(item.get(word["system"]))
    spec = source.specs.get(names().systems.get(theirs, theirs))
    if spec is None:
        raise Unreadable("unknown_system")
    if not WALLET_ID.fullmatch(source.wallet_id):
        raise Unreadable("wallet_id_not_possible")
    own = item.get(names().own) or {}
    created = _moment(item.get(word["created_at"])) or (copy.created_at if copy else source.now)
    told, secrets = _credentials(item, spec)
    wallet = Wallet(
        wallet_id=source.wallet_id,
        park_id=source.park_id,
        system=spec.code,
        profile=spec.profiles[0],
        title=str(item.get(word["title"]) or spec.title),
        enabled=bool(item.get(word["enabled"])),
        currency=_currency(item, spec),
        timezone=ZONES.get(spec.country, "UTC"),
        limits=Limits(),
        commission_rate=Decimal(str(item.get(word["commission_rate"]) or 0)),
        driver_lookup=DriverLookup.PAY_CODE,
        allow_reversal=False,
        show_balance=False,
        settings=told,
        credentials=dict.fromkeys(secrets, KEPT),
        ip_allowlist=(),
        notify_emails=tuple(item.get(word["notify_emails"]) or ()),
        links=(),
        rev=int(own.get("rev") or (copy.rev if copy else 1)),
        created_at=created,
        updated_at=from_ms(own["updated_at"]) if own else source.now,
        token_expires_at=_moment(item.get(word["token_expires_at"])),
    )
    wallet = _with_own(wallet, own, source)
    wallet = replace(wallet, links=tuple(_links(item, own, source, created)))
    complete = _needed(spec, wallet) <= told.keys() | secrets.keys()
    wallet = replace(wallet, enabled=wallet.enabled and complete and not wallet.stopped)
    return OldWallet(wallet, secrets, int(own.get("rev") or 0))


def _needed(spec: Spec, wallet: Wallet) -> set[str]:
    """An old wallet that lacks one of these is copied switched off."""
    return {one.name for one in spec.fields if one.needed(wallet.profile)}


def _with_own(wallet: Wallet, own: Mapping[str, Any], source: Source) -> Wallet:
    """What the old service does not know: as the item says, else as our copy, else by default."""
    copy = source.copy
    if not own:
        kept = {} if copy is None else {name: getattr(copy, name) for name in _OWN_TERMS}
        return replace(wallet, **kept)
    limits = (None if one is None else Money(int(one), wallet.currency) for one in own["limits"])
    return replace(
        wallet,
        profile=own["profile"],
        timezone=own["timezone"],
        allow_reversal=own["allow_reversal"],
        show_balance=own["show_balance"],
        ip_allowlist=tuple(own["ip_allowlist"]),
        driver_lookup=DriverLookup(own["driver_lookup"]),
        limits=Limits(*limits),
        stopped=own["stopped"],
        resumes=own["resumes"],
        overlap=_overlap(own["overlap"]),
    )


def _overlap(kept: Mapping[str, Any] | None) -> Overlap | None:
    return None if kept is None else Overlap(kept["credentials"], from_ms(kept["until"]))


def _currency(item: Mapping[str, Any], spec: Spec) -> str:
    told = item.get(names().names["currency"])
    if told is None and len(spec.currencies) == 1:
        return spec.currencies[0]
    if told not in spec.currencies:
        raise Unreadable("currency_not_supported")
    return str(told)


def _credentials(item: Mapping[str, Any], spec: Spec) -> tuple[dict[str, str], dict[str, Secret]]:
    values = {
        field.name: (field.secret, str(item[names().credential(field.name)]))
        for field in spec.fields
        if item.get(names().credential(field.name)) not in (None, "")
    }
    told = {name: value for name, (secret, value) in values.items() if not secret}
    return told, {name: Secret(value) for name, (secret, value) in values.items() if secret}


def link_hash(text: str) -> str:
    """All that the old service keeps of a link, and that we need to know one."""
    return sha256(text.encode()).hexdigest()


def _links(
    item: Mapping[str, Any], own: Mapping[str, Any], source: Source, created: datetime
) -> Iterator[Link]:
    """Ours as they are kept, and the old service's own, whose end is that it is not there any
    more. When one was last used our copy knows.
    """
    used = {link.link_id: link.last_used_at for link in source.copy.links} if source.copy else {}
    hashed = _link_hash(item)
    current = f"{OLD_LINK}{hashed[:12]}" if hashed else ""
    kept = [_link(one) for one in own.get("links", ())]
    if not own and source.copy is not None:
        kept = list(source.copy.links)
    for link in kept:
        gone = link.link_id.startswith(OLD_LINK) and link.link_id != current
        ended = link.revoked_at or (source.now if gone else None)
        last = used.get(link.link_id) or link.last_used_at
        yield replace(link, last_used_at=last, revoked_at=ended)
    if current and current not in {link.link_id for link in kept}:
        peppers = source.peppers
        digest = peppers.digest(peppers.current, hashed).hex()
        # It is in use: nobody may take it for one whose text got lost (L1).
        last = used.get(current) or created
        yield Link(current, "", peppers.current, digest, created, last_used_at=last, hashed=True)


def _link_hash(item: Mapping[str, Any]) -> str:
    if text := item.get(names().names["link_text"]):
        return link_hash(str(text))
    return str(item.get(names().names["link_hash"]) or "").lower()


def _link(kept: Mapping[str, Any]) -> Link:
    return Link(
        link_id=kept["link_id"],
        shown=kept["shown"],
        pepper_id=kept["pepper_id"],
        digest=kept["digest"],
        created_at=from_ms(kept["created_at"]),
        not_after=_ms(kept["not_after"]),
        revoked_at=_ms(kept["revoked_at"]),
        last_used_at=_ms(kept["last_used_at"]),
        hashed=kept["hashed"],
    )


def _moment(told: Any) -> datetime | None:
    if not told:
        return None
    found = datetime.fromisoformat(str(told).replace("Z", "+00:00"))
    if found.tzinfo is None:
        raise Unreadable("moment_without_offset")
    return found


def _ms(milliseconds: int | None) -> datetime | None:
    return None if milliseconds is None else from_ms(milliseconds)
