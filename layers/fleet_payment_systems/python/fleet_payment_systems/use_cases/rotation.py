"""Rotating what a payment system signs or logs in with, without a moment at which it is refused.

The new credential counts at once, the one before until the overlap ends: the other side changes its
own whenever it likes in between.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Annotated, Any, Final

from pydantic import ConfigDict, Field

from fleet_payment_systems.model import Changes, Operator, Overlap, Wallet
from fleet_payment_systems.store.wallets import WalletStore
from fleet_payment_systems.use_cases.wallets import Wallets
from shared.clock import to_iso
from shared.errors import NotFound, Refused
from shared.secret import Secret
from shared.wire import Wire

_CALLER: Final = "by hand"
_WEEK_MIN: Final = 7 * 24 * 60
Text = Annotated[str, Field(min_length=1, max_length=200)]


class RotateCredentials(Wire):
    """`fields` are new values by the names of the system's secret fields. Nothing is changed unless
    `dry_run` is false.
    """

    # An error's text is shown to the operator and to Lambda's own log.
    model_config = ConfigDict(hide_input_in_errors=True)

    wallet_id: Text
    fields: Annotated[dict[str, str], Field(min_length=1, max_length=10, repr=False)]
    overlap_min: Annotated[int, Field(ge=0, le=_WEEK_MIN)] = 24 * 60
    operator: Text
    reason: Text
    dry_run: bool = True


@dataclass(frozen=True, slots=True)
class Rotation:
    store: WalletStore
    wallets: Wallets

    def run(self, wish: RotateCredentials) -> dict[str, Any]:
        """{dry_run, wallet_id, fields, both_until}: names of fields, never a value.

        Raises NotFound wallet_not_found; Refused not_a_secret, field_invalid.
        """
        wallet = self.store.find(wish.wallet_id)
        if wallet is None or wallet.deleted_at is not None:
            raise NotFound("wallet_not_found")
        self._require_secrets(wallet, wish)
        until = self.wallets.clock.now() + timedelta(minutes=wish.overlap_min)
        changes = Changes({}, {}, {name: Secret(text) for name, text in wish.fields.items()})

        def rotate(found: Wallet, _now: datetime) -> tuple[Wallet, Mapping[str, Any]]:
            after, changed = self.wallets.apply(found, changes)
            before = {
                name: found.credentials[name] for name in wish.fields if name in found.credentials
            }
            note = {"changed": changed, "reason": wish.reason}
            return replace(after, overlap=Overlap(before, until)), note

        if not wish.dry_run:
            by = Operator(wallet.park_id, wish.operator, _CALLER)
            self.wallets.rewrite(by, wallet.wallet_id, "credentials_rotated", rotate)
        names = {"wallet_id": wallet.wallet_id, "fields": sorted(wish.fields)}
        return {"dry_run": wish.dry_run, **names, "both_until": to_iso(until)}

    def _require_secrets(self, wallet: Wallet, wish: RotateCredentials) -> None:
        spec = self.wallets.specs[wallet.system]
        secret = {field.name for field in spec.fields if field.secret}
        if others := sorted(set(wish.fields) - secret):
            raise Refused("not_a_secret", fields=others, secrets=sorted(secret))
