"""Text of a receipt's QR code as the tax service's application reads it (FFD, six fields)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from qr_orders.receipts.codes import Operation
from qr_orders.receipts.document import MalformedReceipt
from qr_orders.receipts.fiscal import FISCAL_SIGN_MAX, FiscalReceipt

SHAPES = {
    "t": re.compile(r"[0-9]{8}T([01][0-9]|2[0-3])[0-9]{2}([0-9]{2})?"),
    "s": re.compile(r"[0-9]{1,13}\.[0-9]{2}"),
    "fn": re.compile(r"[0-9]{1,16}"),
    "i": re.compile(r"[0-9]{1,10}"),
    "fp": re.compile(r"[0-9]{1,10}"),
    "n": re.compile(r"[1-4]"),
}


@dataclass(frozen=True, slots=True)
class ReceiptQr:
    """What the code says. `settled_at` is the till's clock, `total` kopecks."""

    settled_at: datetime
    total: int
    fiscal_drive: str
    document_number: int
    fiscal_sign: int
    operation: Operation

    @property
    def text(self) -> str:
        """Minutes are written even where the till knows seconds: the published form."""
        moment = self.settled_at.isoformat(timespec="minutes").translate({45: None, 58: None})
        return (
            f"t={moment}&s={self.total // 100}.{self.total % 100:02}&fn={self.fiscal_drive}"
            f"&i={self.document_number}&fp={self.fiscal_sign}&n={self.operation.value}"
        )


def qr_text(receipt: FiscalReceipt) -> str:
    return ReceiptQr(
        receipt.settled_at,
        receipt.total,
        receipt.till.fiscal_drive,
        receipt.document_number,
        receipt.fiscal_sign,
        receipt.operation,
    ).text


def parse_qr(text: str) -> ReceiptQr:
    """Reads a code of any till: keys in any order, time with or without seconds.

    Keys that are not ours are passed over. Raises MalformedReceipt.
    """
    pairs = [part.partition("=")[::2] for part in text.strip().split("&")]
    values = {key: value for key, value in pairs if key in SHAPES}
    if len(values) != sum(key in SHAPES for key, _ in pairs):
        raise MalformedReceipt("the code repeats a field")
    for key, shape in SHAPES.items():
        if not shape.fullmatch(values.get(key, "")):
            raise MalformedReceipt(f"the code has no right {key}")
    fiscal_sign = int(values["fp"])
    if not 0 < fiscal_sign <= FISCAL_SIGN_MAX:
        raise MalformedReceipt("the code's fp is out of range")
    try:
        settled_at = datetime.fromisoformat(values["t"])
    except ValueError:
        raise MalformedReceipt("the code's t is no time") from None
    return ReceiptQr(
        settled_at=settled_at,
        total=int(values["s"].replace(".", "")),
        fiscal_drive=values["fn"],
        document_number=int(values["i"]),
        fiscal_sign=fiscal_sign,
        operation=Operation(int(values["n"])),
    )
