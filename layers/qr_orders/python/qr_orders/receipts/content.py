"""What a receipt's page says, section by section (art. 4.7 of 54-FZ; RC-04, RC-15)."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from qr_orders.receipts.codes import Agent, VatRate
from qr_orders.receipts.fiscal import FiscalReceipt, Item
from qr_orders.receipts.labels import Labels
from qr_orders.receipts.layout import (
    BODY,
    CODE_QUIET_MM,
    LEFT,
    MUTED,
    RIGHT,
    STRONG,
    TITLE,
    TOTAL,
    Align,
    Group,
    Row,
    Text,
    beside_code,
    gap,
    pair,
    paragraph,
    position,
    row,
    rule,
)

NO_BREAK_SPACE = "\u00a0"
DOT = " · "
YEAR_OF_20_PERCENT = 2019


def roubles(kopecks: int) -> str:
    """154000 as `1 540,00`, with a no-break space that text extraction gives as a plain one."""
    whole = f"{kopecks // 100:,}".replace(",", NO_BREAK_SPACE)
    return f"{whole},{kopecks % 100:02}"


def _decimal(quantity: Decimal) -> str:
    return f"{quantity.normalize():f}".replace(".", ",")


def sections(receipt: FiscalReceipt, labels: Labels) -> Iterator[Group]:
    """The whole page as groups of rows that should not be torn apart."""
    yield _title(receipt, labels)
    yield rule()
    yield tuple(_seller(receipt, labels))
    yield rule()
    for item in receipt.items:
        yield _position(item, receipt, labels)
    yield (*rule(), *_totals(receipt, labels))
    yield (*rule(below=CODE_QUIET_MM), *beside_code(_registration(receipt, labels)))
    yield (*rule(above=CODE_QUIET_MM), *_closing(receipt, labels))


def _title(receipt: FiscalReceipt, labels: Labels) -> Group:
    number = f"{labels.number} {receipt.number_in_shift}"
    when = f"{receipt.settled_at:%d.%m.%Y %H:%M}"
    return (
        row(
            Text(LEFT, labels.title[receipt.form], TITLE),
            Text(RIGHT, number, TITLE, Align.RIGHT),
        ),
        row(
            Text(LEFT, labels.operation[receipt.operation], STRONG),
            Text(RIGHT, when, BODY, Align.RIGHT),
        ),
    )


def _seller(receipt: FiscalReceipt, labels: Labels) -> Iterator[Row]:
    seller, till = receipt.seller, receipt.till
    yield from paragraph(seller.name, STRONG)
    yield from paragraph(seller.address or "", MUTED)
    yield gap(1)
    yield from pair(labels.inn, seller.inn)
    if seller.place:
        yield from pair(labels.place, seller.place)
    if receipt.taxation is not None:
        yield from pair(labels.system, labels.taxation[receipt.taxation])
    if seller.cashier:
        yield from pair(labels.cashier, seller.cashier)
    if till.machine_number:
        yield from pair(labels.machine, till.machine_number)
    if till.for_internet:
        yield from paragraph(labels.internet, MUTED)
    if seller.agent:
        yield from pair(labels.agent_sign, _agents(seller.agent, labels))
    if receipt.property_value:
        yield from pair(receipt.property_name or "", receipt.property_value)


def _position(item: Item, receipt: FiscalReceipt, labels: Labels) -> Group:
    return position(item.name, roubles(item.amount), _notes(item, receipt, labels))


def _notes(item: Item, receipt: FiscalReceipt, labels: Labels) -> Iterator[str]:
    unit = item.unit or ("" if item.measure is None else labels.measure.get(item.measure, ""))
    count = f"{_decimal(item.quantity)} {unit}".rstrip()
    yield f"{count} × {roubles(item.price)}".replace(" ", NO_BREAK_SPACE) + _vat_note(
        item, receipt, labels
    )
    if item.discount:
        yield f"{labels.discount} −{roubles(item.discount)}"
    kinds = (
        labels.product_type.get(item.product_type or 0),
        item.payment_type and labels.payment_type[item.payment_type],
        _agents(item.agent, labels),
    )
    if any(kinds):
        yield DOT.join(kind for kind in kinds if kind)
    if item.supplier_name or item.supplier_inn or item.supplier_phones:
        yield _supplier(item, labels)
    if item.marking:
        yield f"{labels.marking} {item.marking}"


def _vat_note(item: Item, receipt: FiscalReceipt, labels: Labels) -> str:
    if item.vat is None:
        return ""
    amount = f": {roubles(item.vat_amount)}" if item.vat_amount else ""
    note = f"{_vat_name(item.vat, receipt, labels)}{amount}"
    return DOT + note.replace(" ", NO_BREAK_SPACE)


def _vat_name(rate: VatRate, receipt: FiscalReceipt, labels: Labels) -> str:
    main = 20 if receipt.settled_at.year >= YEAR_OF_20_PERCENT else 18
    return labels.vat[rate].format(main=main)


def _agents(agent: Agent, labels: Labels) -> str:
    return ", ".join(name for bit, name in labels.agent.items() if bit in agent)


def _joined(*parts: str | None) -> str:
    return ", ".join(part for part in parts if part)


def _supplier(item: Item, labels: Labels) -> str:
    inn = item.supplier_inn and f"{labels.inn} {item.supplier_inn}"
    phones = (f"{labels.phone}{NO_BREAK_SPACE}{phone}" for phone in item.supplier_phones)
    return f"{labels.supplier}: {_joined(item.supplier_name, inn, *phones)}"


def _totals(receipt: FiscalReceipt, labels: Labels) -> Iterator[Row]:
    if receipt.rounding:
        yield from pair(labels.rounding, f"−{roubles(receipt.rounding)}", names=BODY)
    total = f"{roubles(receipt.total)} {labels.currency}"
    yield from pair(labels.total, total, style=TOTAL, names=TOTAL)
    payments = receipt.payments
    for name, amount in (
        (labels.cash, payments.cash),
        (labels.cashless, payments.cashless),
        (labels.prepaid, payments.prepaid),
        (labels.credit, payments.credit),
        (labels.provision, payments.provision),
    ):
        if amount:
            yield from pair(name, roubles(amount), names=BODY)
    for rate, amount in receipt.vat:
        vat = f"{labels.vat_sum} {_vat_name(rate, receipt, labels)}"
        name = labels.turnover.get(rate, vat)
        yield from pair(name, roubles(amount))


def _registration(receipt: FiscalReceipt, labels: Labels) -> Iterator[tuple[str, str]]:
    """Numbers beside the QR code; a serial that the document lacks has no line (RC-15)."""
    till = receipt.till
    yield labels.drive, till.fiscal_drive
    yield labels.document, str(receipt.document_number)
    yield labels.sign, str(receipt.fiscal_sign)
    yield labels.registration, till.registration
    if till.factory_number:
        yield labels.factory, till.factory_number
    yield labels.shift, str(receipt.shift)


def _closing(receipt: FiscalReceipt, labels: Labels) -> Group:
    """Addresses, and the six values that the tax service asks for when typed by hand."""
    buyer = receipt.buyer
    named = _joined(buyer.name, buyer.inn and f"{labels.inn} {buyer.inn}")
    addresses = (
        (labels.buyer, named),
        (labels.buyer_contact, buyer.contact),
        (labels.sender, receipt.sender),
        (labels.tax_site, receipt.tax_site),
    )
    return (
        *(line for name, value in addresses if value for line in pair(name, value)),
        gap(1.6),
        *paragraph(_manual_check(receipt, labels), MUTED),
    )


def _manual_check(receipt: FiscalReceipt, labels: Labels) -> str:
    values = (
        f"{labels.drive} {receipt.till.fiscal_drive}",
        f"{labels.document} {receipt.document_number}",
        f"{labels.sign} {receipt.fiscal_sign}",
        f"{labels.check_time} {receipt.settled_at:%d.%m.%Y %H:%M}",
        f"{labels.check_sum} {receipt.total // 100}.{receipt.total % 100:02}",
        f"{labels.check_operation} {receipt.operation.value}",
    )
    return f"{labels.check}: {_joined(*(value.replace(' ', NO_BREAK_SPACE) for value in values))}"
