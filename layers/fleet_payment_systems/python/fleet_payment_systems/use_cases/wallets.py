"""Wallets of a park, as its dispatchers keep them (FP-03, FP-04, FP-42, FP-43, FP-45)."""

import hmac
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from fleet_payment_systems import store as labels
from fleet_payment_systems.model import (
    WALLET_ID,
    Changes,
    DriverLookup,
    Limits,
    Operator,
    Wallet,
)
from fleet_payment_systems.ports import Safe
from fleet_payment_systems.specs import Spec
from fleet_payment_systems.store.wallets import Line, RequestMark
from fleet_payment_systems.use_cases import fields
from fleet_payment_systems.use_cases.books import Book
from fleet_payment_systems.use_cases.passwords import sealing_context
from fleet_payment_systems.zones import ZONES
from shared.clock import Clock
from shared.errors import Conflict, InvalidRequest, NotFound, Refused, Unavailable
from shared.ids import new_id
from shared.keys import Peppers
from shared.money import BadAmount, Money
from shared.secret import Secret
from shared.store import ConditionFailed

WALLETS_MAX: Final = 100
# How a wallet says that an operator stopped its whole park.
PARK_STOP: Final = "park"
_ATTEMPTS: Final = 5
# A wallet's next state (its rev is set here) with what the journal says of it; None: as it is.
Rewrite = Callable[[Wallet, datetime], tuple[Wallet, Mapping[str, Any]] | None]


@dataclass(frozen=True, slots=True)
class NewWallet:
    """`content` is the whole request as text: a repeat must say the same. `key` "" is no repeat."""

    system: str
    currency: str
    changes: Changes
    key: str
    content: Secret


@dataclass(frozen=True, slots=True)
class Wallets:
    """`specs` are the payment systems by code; `peppers` is read at each use, it may rotate."""

    book: Book
    safe: Safe
    specs: Mapping[str, Spec]
    peppers: Callable[[], Peppers]
    clock: Clock

    def of_park(self, by: Operator) -> list[Wallet]:
        return self.book.of_park(by.park_id)

    def get(self, by: Operator, wallet_id: str) -> Wallet:
        """Raises NotFound wallet_not_found: for a foreign or deleted one, too."""
        return _alive(self._own(by, wallet_id, self.book.find))

    def create(self, by: Operator, wanted: NewWallet) -> tuple[Wallet, bool]:
        """The wallet, and whether it is new: a repeated request gives the first one's (AR-12).

        Raises Refused idempotency_mismatch, too_many_wallets, unknown_system,
        currency_not_supported and what `apply` raises.
        """
        claim_id = f"request#{by.park_id}#{wanted.key}"
        known, wallet_id = self._made_before(by, claim_id, wanted)
        if known is not None:
            return known, False
        others = self.book.of_park(by.park_id)
        if len(others) >= WALLETS_MAX:
            raise Refused("too_many_wallets", most=WALLETS_MAX)
        blank = self._blank(by, wanted, wallet_id)
        if any(one.stopped == PARK_STOP for one in others):
            blank = replace(blank, stopped=PARK_STOP)
        wallet, changed = self.apply(blank, wanted.changes)
        line = Line(1, "created", by.user_id, _note(by, {"changed": changed}))
        mark = self._mark(claim_id, wallet, wanted) if wanted.key else None
        try:
            self.book.add(wallet, line, mark)
        except ConditionFailed as problem:
            if problem.labels != {labels.CLAIM}:
                raise
            first, _wallet_id = self._made_before(by, claim_id, wanted)
            if first is None:
                raise Unavailable("request_unreadable") from problem
            return first, False
        return wallet, True

    def update(self, by: Operator, wallet_id: str, rev: int, changes: Changes) -> Wallet:
        """Raises NotFound; Conflict stale_rev with the current one (L8); what `apply` raises."""

        def update(wallet: Wallet, now: datetime) -> tuple[Wallet, Mapping[str, Any]] | None:
            if wallet.rev != rev:
                raise Conflict("stale_rev", rev=wallet.rev)
            after, changed = self.apply(wallet, changes)
            return (after, {"changed": changed}) if changed else None

        return self.rewrite(by, wallet_id, "updated", update)

    def delete(self, by: Operator, wallet_id: str) -> Wallet:
        """Soft: its payments stay. Its links end with it. A repeat changes nothing."""

        def delete(wallet: Wallet, now: datetime) -> tuple[Wallet, Mapping[str, Any]] | None:
            if wallet.deleted_at is not None:
                return None
            return replace(without_links(wallet, now), enabled=False, deleted_at=now), {}

        return self.rewrite(by, wallet_id, "deleted", delete, even_deleted=True)

    def rewrite(
        self,
        by: Operator,
        wallet_id: str,
        name: str,
        change: Rewrite,
        even_deleted: bool = False,
    ) -> Wallet:
        """Commits `change` with its journal entry `name`; whatever moves in between, `change` is
        asked again. Raises NotFound, Unavailable and what `change` raises.
        """
        for _attempt in range(_ATTEMPTS):
            wallet = self._own(by, wallet_id, self.book.base)
            if not even_deleted:
                _alive(wallet)
            now = self.clock.now()
            wanted = change(wallet, now)
            if wanted is None:
                return wallet
            after = replace(wanted[0], rev=wallet.rev + 1, updated_at=now)
            line = Line(after.rev, name, by.user_id, _note(by, wanted[1]))
            try:
                self.book.save(after, line)
            except ConditionFailed:
                continue
            return after
        raise Unavailable("contention")

    def apply(self, wallet: Wallet, changes: Changes) -> tuple[Wallet, list[str]]:
        """The wallet as wanted, and the names of what differs.

        Raises Refused immutable_field, wallet_stopped, unknown_profile, unknown_field,
        field_invalid, limits_invalid, wallet_incomplete; InvalidRequest bad_amount.
        """
        spec = self.specs[wallet.system]
        terms: Any = dict(changes.terms)
        after = replace(wallet, **terms, limits=_limits(wallet, changes.limits))
        if (after.system, after.currency) != (wallet.system, wallet.currency):
            # Payments are claimed by system and counted in one currency.
            raise Refused("immutable_field", fields=["system", "currency"])
        if after.enabled and after.stopped:
            # An operator did it, and only an operator ends it.
            raise Refused("wallet_stopped")
        if after.profile not in spec.profiles:
            raise Refused("unknown_profile", profiles=list(spec.profiles))
        given = fields.checked(spec, changes.fields)
        after = fields.without(after, [name for name, value in given.items() if value is None])
        new = {name: value for name, value in given.items() if value is not None}
        missing = fields.missing(spec, after, new)
        if after.enabled and missing:
            raise Refused("wallet_incomplete", missing=missing)
        secret = {each.name for each in spec.fields if each.secret}
        settings = {name: value.reveal() for name, value in new.items() if name not in secret}
        sealed = {
            name: self.safe.seal(value, sealing_context(wallet.wallet_id, name))
            for name, value in new.items()
            if name in secret
        }
        after = replace(
            after,
            settings={**after.settings, **settings},
            credentials={**after.credentials, **sealed},
            overlap=None if sealed else after.overlap,
        )
        return after, _differences(wallet, after)

    def _blank(self, by: Operator, wanted: NewWallet, wallet_id: str) -> Wallet:
        now = self.clock.now()
        spec = self.specs.get(wanted.system)
        if spec is None:
            raise Refused("unknown_system", systems=sorted(self.specs))
        if wanted.currency not in spec.currencies:
            raise Refused("currency_not_supported", currencies=list(spec.currencies))
        return Wallet(
            wallet_id=wallet_id or new_id(now),
            park_id=by.park_id,
            system=spec.code,
            profile=spec.profiles[0],
            title=spec.title,
            enabled=False,
            currency=wanted.currency,
            timezone=ZONES.get(spec.country, "UTC"),
            limits=Limits(),
            commission_rate=Decimal(0),
            driver_lookup=DriverLookup.PAY_CODE,
            allow_reversal=False,
            show_balance=False,
            settings={},
            credentials={},
            ip_allowlist=(),
            notify_emails=(),
            links=(),
            rev=1,
            created_at=now,
            updated_at=now,
        )

    def _own(
        self, by: Operator, wallet_id: str, find: Callable[[str, str], Wallet | None]
    ) -> Wallet:
        found = find(by.park_id, wallet_id) if WALLET_ID.fullmatch(wallet_id) else None
        if found is None or found.park_id != by.park_id:
            raise NotFound("wallet_not_found")
        return found

    def _made_before(
        self, by: Operator, claim_id: str, wanted: NewWallet
    ) -> tuple[Wallet | None, str]:
        """What that request has made, and the id that was chosen for it: it may have died since."""
        mark = self.book.request(claim_id) if wanted.key else None
        if mark is None:
            return None, ""
        content = self.peppers().digest(mark.pepper_id, wanted.content.reveal()).hex()
        if not hmac.compare_digest(content, mark.content):
            raise Refused("idempotency_mismatch")
        return self.book.find(by.park_id, mark.wallet_id), mark.wallet_id

    def _mark(self, claim_id: str, wallet: Wallet, wanted: NewWallet) -> RequestMark:
        peppers = self.peppers()
        content = peppers.digest(peppers.current, wanted.content.reveal()).hex()
        return RequestMark(claim_id, wallet.wallet_id, peppers.current, content)


def _alive(wallet: Wallet) -> Wallet:
    if wallet.deleted_at is not None:
        raise NotFound("wallet_not_found")
    return wallet


def without_links(wallet: Wallet, now: datetime) -> Wallet:
    """No payment of `wallet` commits after this one does (L3)."""
    links = (replace(one, revoked_at=now) if one.active(now) else one for one in wallet.links)
    return replace(wallet, links=tuple(links))


def _limits(wallet: Wallet, texts: Mapping[str, str | None]) -> Limits:
    """min <= max <= daily, above zero, in the wallet's currency (FP-42)."""
    try:
        given: Any = {
            name: None if text is None else Money.parse(text, wallet.currency)
            for name, text in texts.items()
        }
    except BadAmount:
        raise InvalidRequest("bad_amount") from None
    limits: Limits = replace(wallet.limits, **given)
    bounds = (limits.minimum, limits.maximum, limits.daily)
    told = [bound.minor for bound in bounds if bound is not None]
    if told != sorted(told) or 0 in told:
        raise Refused("limits_invalid")
    return limits


def _differences(before: Wallet, after: Wallet) -> list[str]:
    """Names only: of a credential nobody may read more. Sealed anew is another ciphertext."""
    plain = (
        *("title", "enabled", "profile", "timezone", "limits", "commission_rate"),
        *("driver_lookup", "allow_reversal", "show_balance", "ip_allowlist", "notify_emails"),
        "token_expires_at",
    )
    names = [name for name in plain if getattr(before, name) != getattr(after, name)]
    for old, new in (
        (before.settings, after.settings),
        (before.credentials, after.credentials),
    ):
        changed = {name for name in old.keys() | new.keys() if old.get(name) != new.get(name)}
        names += [f"credentials.{name}" for name in sorted(changed)]
    return names


def _note(by: Operator, details: Mapping[str, Any]) -> dict[str, Any]:
    return {**details, "caller": by.caller}
