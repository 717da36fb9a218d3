"""Draws a fiscal receipt as PDF bytes: same receipt, same bytes (RC-04, RC-13, RC-21)."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO
from itertools import groupby

import segno
from reportlab import rl_config
from reportlab.pdfgen.canvas import Canvas

from qr_orders.receipts import content, fonts, layout
from qr_orders.receipts.fiscal import FiscalReceipt
from qr_orders.receipts.labels import RU, Labels
from qr_orders.receipts.layout import Align, Mark, Placed, Text
from qr_orders.receipts.qr import qr_text

# A4's height: a longer receipt goes on to the next page, a shorter page ends with its text.
PAGE_HEIGHT_MAX = 297 * layout.MM
HAIRLINE = 0.4
HAIRLINE_GREY = 0.75
FOOTER_BASELINE = 4 * layout.MM

# Trying all eight masks is a quarter of a receipt's time; codes of our text read as well with this.
CODE_MASK = 6

# PDF is binary: base 85 would make each page a quarter longer, and slower to write.
rl_config.useA85 = 0

Matrix = Sequence[Sequence[int]]


def render(receipt: FiscalReceipt, labels: Labels = RU) -> bytes:
    """The PDF of one receipt. Raises FontsMissing when FONTS_DIR has no fonts."""
    fonts.drawable()
    file = BytesIO()
    canvas = Canvas(
        file,
        invariant=1,
        pageCompression=1,
        initialFontName=fonts.REGULAR,  # type: ignore[arg-type]  # the stub says float
        lang=labels.language,
    )
    title = f"{labels.title[receipt.form]} {labels.number} {receipt.number_in_shift}"
    canvas.setTitle(title)
    canvas.setSubject(labels.operation[receipt.operation])
    canvas.setAuthor(fonts.printable(receipt.seller.name))
    canvas.setCreator("qr_orders")
    code = segno.make_qr(qr_text(receipt), error="m", mask=CODE_MASK).matrix
    pages = layout.paginate(content.sections(receipt, labels), PAGE_HEIGHT_MAX)
    for number, page in enumerate(pages, start=1):
        canvas.setPageSize((layout.PAGE_WIDTH, page.height))
        for placed in page.rows:
            _draw_row(canvas, placed, page.height - placed.top, code)
        if len(pages) > 1:
            _draw_footer(canvas, f"{title}  {labels.page.format(page=number, pages=len(pages))}")
        canvas.showPage()
    canvas.save()
    return file.getvalue()


def _draw_row(canvas: Canvas, placed: Placed, top: float, code: Matrix) -> None:
    if placed.row.mark is Mark.RULE:
        canvas.setStrokeGray(HAIRLINE_GREY)
        canvas.setLineWidth(HAIRLINE)
        canvas.line(layout.LEFT, top, layout.RIGHT, top)
    if placed.row.mark is Mark.CODE:
        _draw_code(canvas, code, layout.LEFT, top)
    if placed.row.texts:
        baseline = top - max(text.style.size for text in placed.row.texts)
        for text in placed.row.texts:
            _draw_text(canvas, text, baseline)


def _draw_text(canvas: Canvas, text: Text, baseline: float) -> None:
    canvas.setFillGray(text.style.grey)
    canvas.setFont(text.style.font, text.style.size)
    draw = canvas.drawString if text.align is Align.LEFT else canvas.drawRightString
    draw(text.x, baseline, text.text)


def _draw_code(canvas: Canvas, code: Matrix, left: float, top: float) -> None:
    """All dark modules as one path, a module being the unit: reportlab's own widget takes four
    times as long, and its own way to write numbers is half of what is left.
    """
    rectangles = []
    for row, modules in enumerate(reversed(code)):
        column = 0
        for dark, run in groupby(modules):
            length = len(list(run))
            if dark:
                rectangles.append(f"{column} {row} {length} 1 re")
            column += length
    canvas.saveState()
    canvas.setFillGray(0)
    canvas.translate(left, top - layout.CODE_SIDE)
    canvas.scale(layout.CODE_SIDE / len(code), layout.CODE_SIDE / len(code))
    canvas.addLiteral(" ".join([*rectangles, "f"]))
    canvas.restoreState()


def _draw_footer(canvas: Canvas, text: str) -> None:
    footer = Text(layout.RIGHT, fonts.printable(text), layout.MUTED, Align.RIGHT)
    _draw_text(canvas, footer, FOOTER_BASELINE)
