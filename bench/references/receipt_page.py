"""The reference of a receipt: the same lines on one page, the code by reportlab's own widget."""

from collections.abc import Sequence
from io import BytesIO

from reportlab.graphics import renderPDF
from reportlab.graphics.barcode.qr import QrCodeWidget
from reportlab.graphics.shapes import Drawing
from reportlab.pdfgen.canvas import Canvas

_SIZE = 9
_LEFT = 20
_HEIGHT = 800


def page(lines: Sequence[str], font: str, code: str) -> bytes:
    """A PDF of one page; `font` is registered."""
    file = BytesIO()
    canvas = Canvas(file, pageCompression=1)
    canvas.setFont(font, _SIZE)
    for number, line in enumerate(lines):
        canvas.drawString(_LEFT, _HEIGHT - number * _SIZE, line)
    drawing = Drawing(100, 100)
    drawing.add(QrCodeWidget(code, barLevel="M"))
    renderPDF.draw(drawing, canvas, _LEFT, _LEFT)
    canvas.save()
    return file.getvalue()
