"""Reads a receipt PDF back as a guest's eyes and phone would: its text, and its QR code."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO

import zxingcpp
from PIL import Image, ImageDraw
from pypdf import PageObject, PdfReader
from pypdf.generic import ContentStream

PIXELS_PER_POINT = 4
QUIET_ZONE_PIXELS = 40
PAINTING = frozenset({b"f", b"F", b"f*", b"B", b"B*", b"S", b"s", b"b", b"b*", b"n"})
FILLING = frozenset({b"f", b"F", b"f*"})
# A path of so many rectangles can only be a code; the page has no other shapes.
CODE_RECTANGLES_MIN = 50

Rectangle = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class ReadBack:
    text: str
    qr: str


@dataclass(frozen=True, slots=True)
class _Axes:
    """Where coordinates of a page's part lie on the page; nothing is turned."""

    scale_x: float
    scale_y: float
    left: float
    bottom: float

    def inside(self, matrix: list[float]) -> _Axes:
        width, *turns, height, left, bottom = matrix
        if any(turns):
            raise ValueError("a part of the receipt is turned")
        left, bottom, width, height = self.of(left, bottom, width, height)
        return _Axes(width, height, left, bottom)

    def of(self, x: float, y: float, width: float, height: float) -> Rectangle:
        left, bottom = self.left + x * self.scale_x, self.bottom + y * self.scale_y
        return left, bottom, width * self.scale_x, height * self.scale_y


_PAGE = _Axes(1, 1, 0, 0)


def read_receipt(pdf: bytes) -> ReadBack:
    """Text of all pages and the content of the only QR code; ValueError when there is not one."""
    reader = PdfReader(BytesIO(pdf))
    text = "\n".join(page.extract_text() for page in reader.pages)
    paths = [path for page in reader.pages for path in _codes(page, reader)]
    if len(paths) != 1:
        raise ValueError(f"{len(paths)} codes on the receipt")
    found = zxingcpp.read_barcode(_picture(paths[0]))
    if found is None or found.format != zxingcpp.BarcodeFormat.QRCode:
        raise ValueError("the code on the receipt cannot be read")
    return ReadBack(text, found.text)


def _codes(page: PageObject, reader: PdfReader) -> Iterator[list[Rectangle]]:
    """Filled paths of many rectangles, in page coordinates."""
    rectangles: list[Rectangle] = []
    current, saved = _PAGE, []
    for operands, operator in ContentStream(page.get_contents(), reader).operations:
        if operator == b"re":
            rectangles.append(current.of(*map(float, operands)))
        elif operator == b"cm":
            current = current.inside([float(value) for value in operands])
        elif operator == b"q":
            saved.append(current)
        elif operator == b"Q":
            current = saved.pop()
        elif operator in PAINTING:
            if operator in FILLING and len(rectangles) >= CODE_RECTANGLES_MIN:
                yield rectangles
            rectangles = []


def _picture(rectangles: list[Rectangle]) -> Image.Image:
    left = min(x for x, _, _, _ in rectangles)
    right = max(x + width for x, _, width, _ in rectangles)
    top = max(y + height for _, y, _, height in rectangles)
    bottom = min(y for _, y, _, _ in rectangles)

    def pixel(distance: float) -> int:
        return QUIET_ZONE_PIXELS + round(distance * PIXELS_PER_POINT)

    size = (pixel(right - left) + QUIET_ZONE_PIXELS, pixel(top - bottom) + QUIET_ZONE_PIXELS)
    picture = Image.new("L", size, color=255)
    draw = ImageDraw.Draw(picture)
    for x, y, width, height in rectangles:
        corner = pixel(x - left), pixel(top - y - height)
        opposite = pixel(x + width - left) - 1, pixel(top - y) - 1
        draw.rectangle((corner, opposite), fill=0)
    return picture
