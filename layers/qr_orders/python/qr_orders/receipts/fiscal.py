"""A fiscal receipt read from OFD or tax-service JSON. Money is integer kopecks everywhere."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, tzinfo
from decimal import ROUND_HALF_UP, Decimal
from enum import Enum
from typing import TypeVar

from qr_orders.receipts.codes import (
    AGENT_BITS,
    Agent,
    Form,
    Operation,
    PaymentType,
    Taxation,
    VatRate,
)
from qr_orders.receipts.document import Fields, MalformedReceipt, required, unwrap

__all__ = ["FiscalReceipt", "Item", "MalformedReceipt"]

E = TypeVar("E", bound=Enum)

FISCAL_SIGN_MAX = DOCUMENT_NUMBER_MAX = 2**32 - 1
FORMAT_1_2 = 4
DEFAULT_TAX_SITE = "www.nalog.gov.ru"
VAT_FIELDS = (
    (VatRate.MAIN, ("nds18", "nds20")),
    (VatRate.TEN, ("nds10",)),
    (VatRate.MAIN_COMPUTED, ("nds18118", "nds20120")),
    (VatRate.TEN_COMPUTED, ("nds10110",)),
    (VatRate.ZERO, ("nds0",)),
    (VatRate.NONE, ("ndsNo",)),
)


def _coded(kind: type[E], code: int | None, name: str) -> E | None:
    """The enum member of a code; an unknown one is refused, for it cannot be printed rightly."""
    try:
        return None if code is None else kind(code)
    except ValueError:
        raise MalformedReceipt(f"{name} has unknown code {code}") from None


def _agent(fields: Fields, name: str) -> Agent:
    return Agent(fields.integer(name, most=AGENT_BITS) or 0)


@dataclass(frozen=True, slots=True)
class Item:
    """One position. `amount` is what it cost; `price` is a unit's."""

    name: str
    price: int
    quantity: Decimal
    amount: int
    vat: VatRate | None
    vat_amount: int | None
    payment_type: PaymentType | None
    product_type: int | None
    unit: str | None
    measure: int | None
    marking: str | None
    agent: Agent
    supplier_name: str | None
    supplier_inn: str | None
    supplier_phones: tuple[str, ...]

    @property
    def discount(self) -> int:
        """Kopecks by which the cost is below price x quantity; one kopeck is the till's rounding.

        FFD prices are net of discounts, so most receipts show none.
        """
        full = (self.price * self.quantity).quantize(Decimal(1), ROUND_HALF_UP)
        difference = int(full) - self.amount
        return difference if difference > 1 else 0

    @classmethod
    def parse(cls, fields: Fields) -> Item:
        supplier = fields.inner("providerData")
        return cls(
            name=required(fields.text("name"), "items.name"),
            price=required(fields.integer("price"), "items.price"),
            quantity=fields.quantity("quantity"),
            amount=required(fields.integer("sum"), "items.sum"),
            vat=_coded(VatRate, fields.integer("nds"), "items.nds"),
            vat_amount=fields.integer("ndsSum"),
            payment_type=_coded(PaymentType, fields.integer("paymentType"), "items.paymentType"),
            product_type=fields.integer("productType"),
            unit=fields.text("unit"),
            measure=fields.integer("itemsQuantityMeasure"),
            marking=_marking(fields),
            agent=_agent(fields, "paymentAgentByProductType"),
            supplier_name=supplier.text("providerName"),
            supplier_inn=fields.text("providerInn"),
            supplier_phones=supplier.texts("providerPhone"),
        )


def _marking(fields: Fields) -> str | None:
    """Marking code, 1163: text, or `{kind: {"rawProductCode": text}}` as the tax service has it."""
    code = fields.values.get("productCodeNew")
    if not isinstance(code, dict):
        return fields.text("productCodeNew")
    kinds = (Fields(kind) for kind in code.values() if isinstance(kind, dict))
    return next((text for kind in kinds if (text := kind.text("rawProductCode"))), None)


@dataclass(frozen=True, slots=True)
class Seller:
    name: str
    inn: str
    address: str | None
    place: str | None
    cashier: str | None
    agent: Agent

    @classmethod
    def parse(cls, fields: Fields) -> Seller:
        return cls(
            name=required(fields.text("user"), "user"),
            inn=fields.digits("userInn", 12),
            address=fields.text("retailPlaceAddress"),
            place=fields.text("retailPlace"),
            cashier=fields.text("operator"),
            agent=_agent(fields, "paymentAgentType"),
        )


@dataclass(frozen=True, slots=True)
class Buyer:
    contact: str | None
    name: str | None
    inn: str | None

    @classmethod
    def parse(cls, fields: Fields) -> Buyer:
        identity = fields.inner("buyerInformation")
        # FFD 1.2 gave the old name of the e-mail field to the postal address (1254).
        new_format = fields.integer("fiscalDocumentFormatVer") == FORMAT_1_2
        old_contact = () if new_format else ("buyerAddress",)
        return cls(
            contact=fields.text("buyerPhoneOrAddress", *old_contact),
            name=fields.text("buyer") or identity.text("buyer"),
            inn=fields.text("buyerInn") or identity.text("buyerInn"),
        )


@dataclass(frozen=True, slots=True)
class Payments:
    """Forms of payment in kopecks."""

    cash: int
    cashless: int
    prepaid: int
    credit: int
    provision: int

    @property
    def total(self) -> int:
        return self.cash + self.cashless + self.prepaid + self.credit + self.provision

    @classmethod
    def parse(cls, fields: Fields) -> Payments:
        return cls(
            cash=fields.integer("cashTotalSum") or 0,
            cashless=fields.integer("ecashTotalSum") or 0,
            prepaid=fields.integer("prepaidSum", "prepaymentSum") or 0,
            credit=fields.integer("creditSum", "postpaymentSum") or 0,
            provision=fields.integer("provisionSum", "counterSubmissionSum") or 0,
        )


@dataclass(frozen=True, slots=True)
class Till:
    """The cash register (KKT) and its fiscal drive (FN); serials keep their leading zeros."""

    registration: str
    factory_number: str | None
    machine_number: str | None
    fiscal_drive: str
    for_internet: bool

    @classmethod
    def parse(cls, fields: Fields) -> Till:
        return cls(
            registration=fields.digits("kktRegId", 20),
            factory_number=fields.text("kktNumber", "numberKkt"),
            machine_number=fields.text("machineNumber"),
            fiscal_drive=fields.digits("fiscalDriveNumber", 16),
            for_internet=bool(fields.integer("internetSign", most=1)),
        )


def _serial(fields: Fields, name: str, most: int) -> int:
    return required(fields.integer(name, least=1, most=most), name)


def _form(fields: Fields, strict_form: bool) -> Form:
    fallback = Form.BSO if strict_form else Form.RECEIPT
    return _coded(Form, fields.integer("code", "receiptCode"), "code") or fallback


def _vat(fields: Fields) -> tuple[tuple[VatRate, int], ...]:
    """(rate, kopecks) without zeros: the tax, but the turnover for the rates ZERO and NONE."""
    amounts: dict[VatRate, int] = {}
    for rate, names in VAT_FIELDS:
        amounts[rate] = fields.integer(*names) or 0
    for row in fields.inner("amountsReceiptNds").each("amountsNds"):
        code = required(row.integer("nds"), "amountsNds.nds")
        rate = required(_coded(VatRate, code, "amountsNds.nds"), "amountsNds.nds")
        amount = required(row.integer("ndsSum"), "amountsNds.ndsSum")
        if amounts.get(rate) not in (None, 0, amount):
            raise MalformedReceipt(f"amountsNds contradicts the amount at rate {code}")
        amounts[rate] = amount
    return tuple((rate, amount) for rate, amount in sorted(amounts.items()) if amount)


@dataclass(frozen=True, slots=True)
class FiscalReceipt:
    """What art. 4.7 of 54-FZ wants on a receipt, and the optional fields that were present."""

    form: Form
    operation: Operation
    settled_at: datetime
    shift: int
    number_in_shift: int
    seller: Seller
    buyer: Buyer
    sender: str | None
    taxation: Taxation | None
    items: tuple[Item, ...]
    total: int
    payments: Payments
    vat: tuple[tuple[VatRate, int], ...]
    till: Till
    document_number: int
    fiscal_sign: int
    tax_site: str
    property_name: str | None
    property_value: str | None

    @property
    def rounding(self) -> int:
        """Kopecks taken off the items' sum to make whole roubles."""
        return sum(item.amount for item in self.items) - self.total

    @classmethod
    def parse(cls, document: object, *, epoch_zone: tzinfo | None = None) -> FiscalReceipt:
        """Reads a decoded JSON document, wrapped or bare; raises MalformedReceipt.

        `epoch_zone` tells how this source counts Unix seconds: the till's own zone when they are
        the true instant, UTC when they are local time counted as UTC; None refuses them.
        """
        fields, strict_form = unwrap(document)
        operation = _coded(Operation, fields.integer("operationType"), "operationType")
        taxation = fields.integer("appliedTaxationType", "taxationType")
        properties = fields.inner("properties")
        receipt = cls(
            form=_form(fields, strict_form),
            operation=required(operation, "operationType"),
            settled_at=fields.local_time("dateTime", epoch_zone),
            shift=required(fields.integer("shiftNumber"), "shiftNumber"),
            number_in_shift=required(fields.integer("requestNumber"), "requestNumber"),
            seller=Seller.parse(fields),
            buyer=Buyer.parse(fields),
            sender=fields.text("sellerAddress", "senderAddress"),
            taxation=_coded(Taxation, taxation, "taxationType"),
            items=tuple(Item.parse(item) for item in fields.each("items")),
            total=required(fields.integer("totalSum"), "totalSum"),
            payments=Payments.parse(fields),
            vat=_vat(fields),
            till=Till.parse(fields),
            document_number=_serial(fields, "fiscalDocumentNumber", DOCUMENT_NUMBER_MAX),
            fiscal_sign=_serial(fields, "fiscalSign", FISCAL_SIGN_MAX),
            tax_site=fields.text("fnsUrl", "addressToCheckFiscalSign") or DEFAULT_TAX_SITE,
            property_name=properties.text("propertyName"),
            property_value=properties.text("propertyValue"),
        )
        receipt._check_sums()
        return receipt

    def _check_sums(self) -> None:
        if not self.items:
            raise MalformedReceipt("items are missing")
        rounded = self.total % 100 == 0 and 0 <= self.rounding < 100
        if self.rounding != 0 and not rounded:
            raise MalformedReceipt("items do not add up to totalSum")
        if self.payments.total != self.total:
            raise MalformedReceipt("forms of payment do not add up to totalSum")
