"""Outside systems of scooters_payments: the engine (B.1), the mobility backend's sessions (B.7)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote

from scooters_payments.model import Deposit
from scooters_payments.model.invoice import Invoice, release_id, update_id
from shared.errors import Unavailable
from shared.invoices import VersionedInvoices
from shared.money import Money
from shared.upstream import Upstream, UpstreamRefused

ORIGINATOR = "scooter_deposits"


@dataclass(frozen=True, slots=True)
class DepositEngine:
    """Port Engine: a deposit as a versioned invoice of one line."""

    invoices: VersionedInvoices

    def create(self, deposit: Deposit) -> None:
        if deposit.method is None:
            raise ValueError("a deposit without a method")
        body = {
            "id": deposit.invoice_id,
            "originator": ORIGINATOR,
            "user_id": deposit.user_id,
            "currency": deposit.currency,
            "payment_method": {"type": deposit.method.kind, "id": deposit.method.method_id},
            "description": "Scooter deposit",
            "metadata": {"session_id": deposit.session_id, "offer_id": deposit.offer_id},
        }
        self.invoices.create(body)

    def update(self, deposit: Deposit) -> None:
        line = {
            **{"id": "deposit", "title": "Scooter deposit", "amount": str(deposit.money)},
            **{"quantity": "1", "vat": "none"},
        }
        invoice_id, version = deposit.invoice_id, deposit.invoice_version
        operation_id = update_id(invoice_id, version)
        self.invoices.update(invoice_id, operation_id, version, [line], "deposit")

    def empty(self, invoice_id: str, version: int) -> None:
        operation_id = release_id(invoice_id, version)
        self.invoices.update(invoice_id, operation_id, version, [], "release")

    def clear(self, invoice_id: str) -> None:
        self.invoices.clear(invoice_id)

    def retrieve(self, invoice_id: str) -> Invoice | None:
        found = self.invoices.retrieve(invoice_id)
        return None if found is None else invoice_of(found)


def invoice_of(found: Mapping[str, Any]) -> Invoice:
    """B.1's invoice as we decide on it. Raises Unavailable on a body that is not one."""
    try:
        currency = found["currency"]
        holds = [row for row in found["transactions"] if row["kind"] == "hold"]
        failed = [row["error_code"] for row in holds if row.get("error_code")]
        return Invoice(
            invoice_id=found["id"],
            version=int(found["version"]),
            status=found["status"],
            held=Money.parse(found["held"], currency).minor,
            cleared=Money.parse(found["cleared"], currency).minor,
            total=sum(Money.parse(row["amount"], currency).minor for row in found["items"]),
            error_code=failed[-1] if failed else "",
            operations={row["id"]: row["status"] for row in found["operations"]},
            hold_began_at=_moment(holds[-1]["created_at"]) if holds else None,
            held_at=_moment(found.get("held_at")),
        )
    except (ArithmeticError, KeyError, TypeError, ValueError) as problem:
        raise Unavailable("upstream_unreadable", system="transactions") from problem


def _moment(text: str | None) -> datetime | None:
    found = None if text is None else datetime.fromisoformat(text)
    if found is not None and found.tzinfo is None:
        raise ValueError("no time zone")
    return found


@dataclass(frozen=True, slots=True)
class MobilitySessions:
    upstream: Upstream

    def state(self, session_id: str) -> str | None:
        path = f"/current?session_id={quote(session_id, safe='')}"
        try:
            found = self.upstream.call("GET", path, operation="current")
        except UpstreamRefused as problem:
            if problem.status == 404:
                return None
            raise Unavailable("upstream_quarrel", system="sessions") from problem
        state = found.get("state")
        if not isinstance(state, str):
            raise Unavailable("upstream_unreadable", system="sessions")
        return state
