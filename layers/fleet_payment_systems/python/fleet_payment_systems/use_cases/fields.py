"""Credentials and settings of a wallet, against what its payment system asks for (FP-03)."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Final

from fleet_payment_systems.model import Wallet
from fleet_payment_systems.specs import Field, Spec
from shared.errors import Refused
from shared.secret import Secret

MASK: Final = "***"
"""What answers show of a secret; sent back, it means: as it is."""


def checked(spec: Spec, given: Mapping[str, Secret | None]) -> dict[str, Secret | None]:
    """The values to keep; None is one to take away.

    Raises Refused unknown_field and field_invalid: names, never their values.
    """
    known = {field.name: field for field in spec.fields}
    if unknown := sorted(given.keys() - known.keys()):
        raise Refused("unknown_field", fields=unknown)
    told = {
        name: value
        for name, value in given.items()
        if not (known[name].secret and value is not None and value.reveal() == MASK)
    }
    wrong = sorted(name for name, value in told.items() if not _fits(known[name], value))
    if wrong:
        raise Refused("field_invalid", fields=wrong)
    return told


def missing(spec: Spec, wallet: Wallet, new: Collection[str] = ()) -> list[str]:
    """Names of what the wallet's profile needs and neither the wallet nor `new` has."""
    kept = wallet.settings.keys() | wallet.credentials.keys() | set(new)
    needed = [field.name for field in spec.fields if field.needed(wallet.profile)]
    return [name for name in needed if name not in kept]


def shown(wallet: Wallet) -> dict[str, str]:
    """Settings as they are, secrets masked."""
    return {**wallet.settings, **dict.fromkeys(wallet.credentials, MASK)}


def without(wallet: Wallet, names: Sequence[str]) -> Wallet:
    settings = {name: value for name, value in wallet.settings.items() if name not in names}
    sealed = {name: value for name, value in wallet.credentials.items() if name not in names}
    return replace(wallet, settings=settings, credentials=sealed)


def _fits(field: Field, value: Secret | None) -> bool:
    if value is None:
        return True
    text = value.reveal()
    if field.choices:
        return text in field.choices
    readable = all(line.isprintable() for line in text.split("\n"))
    fits = readable and 0 < len(text) <= field.longest
    return fits and re.fullmatch(field.pattern, text) is not None
