"""Wire models of what a driver pays himself (FP-12)."""

from collections.abc import Iterable, Mapping
from typing import Annotated, Self

from pydantic import Field

from fleet_payment_systems.model import Transaction, Wallet
from fleet_payment_systems.schema.transactions import Id
from fleet_payment_systems.schema.wallets import Amount
from fleet_payment_systems.specs import Spec
from fleet_payment_systems.use_cases.bills import Wish
from shared.clock import to_iso
from shared.errors import InvalidRequest
from shared.http import Request
from shared.wire import Answer, Wire

Phone = Annotated[str, Field(pattern=r"^\+?[0-9]{10,15}$")]
Email = Annotated[str, Field(max_length=250)]


class OfferedView(Answer):
    """A wallet that drivers may pay through. `needs` is what a payment must name: phone, email."""

    wallet_id: str
    system: str
    title: str
    currency: str
    min: str | None
    max: str | None
    needs: str


class PaymentSystems(Answer):
    """Of the driver's park, those that are switched on."""

    payment_systems: list[OfferedView]

    @classmethod
    def of(cls, wallets: Iterable[Wallet], specs: Mapping[str, Spec]) -> Self:
        return cls(
            payment_systems=[
                OfferedView(
                    wallet_id=one.wallet_id,
                    system=one.system,
                    title=one.title,
                    currency=one.currency,
                    min=None if one.limits.minimum is None else str(one.limits.minimum),
                    max=None if one.limits.maximum is None else str(one.limits.maximum),
                    needs=specs[one.system].payer,
                )
                for one in wallets
            ]
        )


class CreatePayment(Wire):
    """`phone` or `email`, as the payment system needs."""

    wallet_id: Id
    amount: Amount
    phone: Phone | None = None
    email: Email | None = None

    def to_wish(self, request: Request[Self]) -> Wish:
        """Raises InvalidRequest idempotency_key_required."""
        if not request.idempotency_key:
            raise InvalidRequest("idempotency_key_required")
        payers = {"phone": self.phone or "", "email": self.email or ""}
        return Wish(self.wallet_id, self.amount, payers, request.idempotency_key)


class PaymentView(Answer):
    """`state` is accepted, processed or rejected; `sub_state` says more. The payment system knows
    the payment as `bill_id`. The driver pays at
    `pay_url`, or where the system tells him when there is none. Rejected and yet paid, it has
    another payment, `replaced_by`.
    """

    payment_id: str
    bill_id: str
    wallet_id: str
    system: str
    amount: str
    currency: str
    state: str
    sub_state: str
    reason: str | None
    pay_url: str | None
    replaces: str | None
    replaced_by: str | None
    created_at: str
    expires_at: str | None

    @classmethod
    def of(cls, one: Transaction) -> Self:
        return cls(
            payment_id=one.tx_id,
            bill_id=one.txn,
            wallet_id=one.wallet_id,
            system=one.system,
            amount=str(one.amount),
            currency=one.amount.currency,
            state=one.state.value,
            sub_state=one.step.value,
            reason=one.reason or None,
            pay_url=one.pay_url or None,
            replaces=one.replaces or None,
            replaced_by=one.replaced_by or None,
            created_at=to_iso(one.created_at),
            expires_at=to_iso(one.expires_at) if one.expires_at else None,
        )
