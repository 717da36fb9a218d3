"""An item of the old service, written: the other way round of old_items."""

import json
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from fleet_payment_systems.model import Wallet
from fleet_payment_systems.old_items import OLD_LINK, names
from shared.clock import to_iso, to_ms
from shared.secret import Secret


def adopted(text: Secret, wallet: Wallet) -> Secret:
    """The item with our own field, for `wallet`; all that is the old service's stays as it is."""
    item = json.loads(text.reveal())
    return Secret(json.dumps(item | {names().own: _own(wallet)}, ensure_ascii=False))


def written(
    text: Secret | None, wallet: Wallet, new: Mapping[str, Secret], switched: bool = True
) -> Secret:
    """The item for `wallet`: what the old one has and we do not know stays; `new` secrets by name.

    Not `switched`: whether it is on stays, too, for what lacks a field here may work there.
    A link of the old service that is revoked is taken from where that service looks for it.
    """
    item = {} if text is None else json.loads(text.reveal())
    word = names()
    told = (theirs for theirs, ours in word.systems.items() if ours == wallet.system)
    system = next(told, wallet.system)
    item |= {
        word.names["id"]: wallet.wallet_id,
        word.names["system"]: system,
        word.names["title"]: wallet.title,
        word.names["currency"]: wallet.currency,
        word.names["commission_rate"]: str(wallet.commission_rate),
        word.names["token_expires_at"]: _iso(wallet.token_expires_at),
        word.names["notify_emails"]: list(wallet.notify_emails),
        word.names["created_at"]: to_iso(wallet.created_at),
        word.own: _own(wallet),
    }
    if switched:
        item[word.names["enabled"]] = wallet.enabled
    item |= {word.credential(name): value for name, value in wallet.settings.items()}
    item |= {word.credential(name): value.reveal() for name, value in new.items()}
    if not any(one.link_id.startswith(OLD_LINK) and not one.revoked_at for one in wallet.links):
        item.pop(word.names["link_hash"], None)
        item.pop(word.names["link_text"], None)
    return Secret(json.dumps(item, ensure_ascii=False))


def without(text: Secret, names_of_ours: Collection[str]) -> Secret:
    """The item without these credentials or settings."""
    theirs = {names().credential(name) for name in names_of_ours}
    item = json.loads(text.reveal())
    kept = {name: value for name, value in item.items() if name not in theirs}
    return Secret(json.dumps(kept, ensure_ascii=False))


def _own(wallet: Wallet) -> dict[str, Any]:
    limits = (wallet.limits.minimum, wallet.limits.maximum, wallet.limits.daily)
    return {
        "rev": wallet.rev,
        "profile": wallet.profile,
        "timezone": wallet.timezone,
        "allow_reversal": wallet.allow_reversal,
        "show_balance": wallet.show_balance,
        "ip_allowlist": list(wallet.ip_allowlist),
        "driver_lookup": wallet.driver_lookup.value,
        "limits": [None if one is None else one.minor for one in limits],
        "stopped": wallet.stopped,
        "resumes": wallet.resumes,
        "overlap": wallet.overlap
        and {
            "credentials": dict(wallet.overlap.credentials),
            "until": to_ms(wallet.overlap.until),
        },
        "updated_at": to_ms(wallet.updated_at),
        "links": [
            {
                "link_id": link.link_id,
                "shown": link.shown,
                "pepper_id": link.pepper_id,
                "digest": link.digest,
                "created_at": to_ms(link.created_at),
                "not_after": link.not_after and to_ms(link.not_after),
                "revoked_at": link.revoked_at and to_ms(link.revoked_at),
                "last_used_at": link.last_used_at and to_ms(link.last_used_at),
                "hashed": link.hashed,
            }
            for link in wallet.links
        ],
    }


def _iso(moment: datetime | None) -> str | None:
    return None if moment is None else to_iso(moment)
