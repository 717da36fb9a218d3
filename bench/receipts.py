"""The receipt's page: our renderer against the same lines with reportlab's own QR widget."""

import os
import time
from collections.abc import Callable
from typing import Final

from bench.ratios import Ratio, ratio, rounds
from bench.references.receipt_page import page
from local.fonts import ensure
from qr_orders.receipts import content, fonts
from qr_orders.receipts.fiscal import FiscalReceipt
from qr_orders.receipts.labels import RU
from qr_orders.receipts.pdf import render
from qr_orders.receipts.qr import qr_text
from tests.qr_orders.receipts.sample import document

_BYTES_MAX: Final = 40_000
_NAME: Final = "receipt, CPU: ours / reportlab QrCodeWidget page"


def receipt(count: int) -> tuple[Ratio, int]:
    """The ratio and the bytes of our PDF. RuntimeError when it has grown past 40 KB."""
    os.environ["FONTS_DIR"] = str(ensure())
    found = FiscalReceipt.parse(document("dinner"))
    size = len(render(found))
    if size > _BYTES_MAX:
        raise RuntimeError(f"a receipt of {size} bytes")
    groups = content.sections(found, RU)
    rows = [row for group in groups for row in group]
    lines = [text.text for row in rows for text in row.texts]
    code = qr_text(found)
    samples = rounds(
        {
            "ours": _cpu(lambda: render(found)),
            "theirs": _cpu(lambda: page(lines, fonts.REGULAR, code)),
        },
        count,
    )
    return ratio(_NAME, 0.3, samples["ours"], samples["theirs"]), size


def _cpu(work: Callable[[], object]) -> Callable[[], int]:
    def measured() -> int:
        started = time.process_time_ns()
        work()
        return time.process_time_ns() - started

    return measured
