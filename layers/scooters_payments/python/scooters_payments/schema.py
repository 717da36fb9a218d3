"""Deposits on the wire (SPEC A.8.3). Amounts are decimal strings."""

from collections.abc import Sequence
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from scooters_payments.model import OPEN, RETURNING, Deposit, Ended, PaymentMethod, Status, Wish
from scooters_payments.use_cases.checks import Verdict
from shared.clock import to_iso
from shared.errors import Refused
from shared.money import BadAmount, Money
from shared.wire import Answer, Wire

Id = Annotated[str, Field(pattern=r"^[A-Za-z0-9._:-]{1,64}$")]
UserId = Annotated[str, Field(pattern=r"^[!-~]{1,255}$")]
Amount = Annotated[str, Field(pattern=r"^[0-9]{1,12}(\.[0-9]{1,3})?$")]
Actor = Annotated[str, Field(pattern=r"^[^\x00-\x1f\x7f]{1,200}$")]


def money(amount: str, currency: str) -> Money:
    """Raises Refused bad_amount."""
    try:
        return Money.parse(amount, currency)
    except BadAmount:
        raise Refused("bad_amount") from None


class Sum(Wire):
    amount: Amount
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")]


class Method(Wire):
    type: Annotated[str, Field(min_length=1, max_length=32)]
    id: Annotated[str, Field(min_length=1, max_length=128)]


class Start(Wire):
    """After the booking; the mobility backend's offer says external_deposit (SD-07, SD-28)."""

    session_id: Id
    user_id: UserId
    offer_id: Id
    deposit: Sum
    payment_method: Method
    city: Annotated[str, Field(max_length=64)] = ""

    def to_wish(self) -> Wish:
        """Raises Refused bad_amount."""
        return Wish(
            session_id=self.session_id,
            user_id=self.user_id,
            offer_id=self.offer_id,
            amount=money(self.deposit.amount, self.deposit.currency),
            method=PaymentMethod(self.payment_method.type, self.payment_method.id),
            city=self.city,
        )


class Started(Answer):
    """`reason` of a skipped one; finished and ride_begun are of a start that came too late."""

    payment_id: str
    deposit: Literal["started", "skipped"]
    reason: Literal["rollout", "zero_amount", "finished", "ride_begun"] | None = None

    @classmethod
    def of(cls, deposit: Deposit) -> Self:
        return cls.model_validate(
            {
                "payment_id": deposit.session_id,
                "deposit": "skipped" if deposit.skip_reason else "started",
                "reason": deposit.skip_reason or None,
            }
        )


class Session(Wire):
    session_id: Id


class CheckView(Answer):
    """May he ride? `reason`: why although not all is well, or why not yet."""

    status: str
    allow_ride: bool
    reason: str | None = None
    auth_time_ms: int | None = None
    retry_after_ms: int | None = None

    @classmethod
    def of(cls, verdict: Verdict) -> Self:
        return cls(
            status=verdict.status,
            allow_ride=verdict.allow_ride,
            reason=verdict.reason,
            auth_time_ms=verdict.auth_time_ms,
            retry_after_ms=verdict.retry_after_ms,
        )


class Finish(Wire):
    session_id: Id
    reason: Literal["ride_finished", "booking_cancelled", "support"]


class Finished(Answer):
    """releasing: on its way back, or kept until the ride is paid where that is the rule."""

    status: Literal["releasing", "released", "not_required"]

    @classmethod
    def of(cls, deposit: Deposit) -> Self:
        if deposit.status is Status.RELEASED:
            return cls(status="released")
        back = deposit.status in RETURNING | OPEN
        return cls(status="releasing" if back else "not_required")


class Update(Wire):
    """`version` is the deposit's next one; amount zero gives all of it back."""

    session_id: Id
    version: Annotated[int, Field(ge=2, le=10_000)]
    amount: Amount


class Updated(Answer):
    session_id: str
    version: int
    amount: str
    status: str

    @classmethod
    def of(cls, deposit: Deposit) -> Self:
        return cls(
            session_id=deposit.session_id,
            version=deposit.invoice_version,
            amount=str(deposit.money),
            status=deposit.status.value,
        )


class Find(Wire):
    """By rider, by session, or both."""

    user_id: UserId | None = None
    session_id: Id | None = None

    @model_validator(mode="after")
    def _some(self) -> Self:
        if self.user_id is None and self.session_id is None:
            raise ValueError("user_id or session_id")
        return self


class DepositView(Answer):
    """`error` is the bank's code, or the engine's; amount and currency are those of the start."""

    session_id: str
    user_id: str | None
    amount: str | None
    currency: str | None
    held: str | None
    status: str
    invoice_id: str | None
    attempt: int
    payment_method: Method | None
    created_at: str
    held_at: str | None
    released_at: str | None
    ended_by: str | None
    reason: str | None
    error: str | None

    @classmethod
    def of(cls, deposit: Deposit) -> Self:
        method, currency = deposit.method, deposit.currency
        return cls(
            session_id=deposit.session_id,
            user_id=deposit.user_id or None,
            amount=str(Money(deposit.amount, currency)) if currency else None,
            currency=currency or None,
            held=str(Money(deposit.held, currency)) if currency else None,
            status=deposit.status.value,
            invoice_id=deposit.invoice_id if deposit.invoice_version else None,
            attempt=deposit.attempt,
            payment_method=Method(type=method.kind, id=method.method_id) if method else None,
            created_at=to_iso(deposit.created_at),
            held_at=None if deposit.held_at is None else to_iso(deposit.held_at),
            released_at=None if deposit.released_at is None else to_iso(deposit.released_at),
            ended_by=deposit.ended_by or None,
            reason=deposit.skip_reason or None,
            error=deposit.failure_code or deposit.engine_error or None,
        )


class Deposits(Answer):
    """Newest first, at most fifty."""

    deposits: list[DepositView]

    @classmethod
    def of(cls, deposits: Sequence[Deposit]) -> Self:
        return cls(deposits=[DepositView.of(each) for each in deposits])


class Return(Wire):
    """Support gives a deposit back, in somebody's name."""

    session_id: Id
    operator: Actor


class RideDetail(Wire):
    """Of both events; what else they say is not ours."""

    session_id: Id


class RideEvent(Wire):
    """An event of the bus as EventBridge hands it to the queue (B.7, decision 29)."""

    kind: Annotated[
        Literal["scooters.ride_finished", "scooters.ride_paid"], Field(alias="detail-type")
    ]
    detail: RideDetail

    def by(self) -> Ended:
        return Ended(self.kind.removeprefix("scooters."))
