"""Places a receipt on a strip: rows of text at points from the left edge and the row's top."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Enum

from qr_orders.receipts import fonts

MM = 72 / 25.4
# A6 wide: readable on a phone without zooming, prints on A4 at full size.
PAGE_WIDTH = 105 * MM
MARGIN = 8 * MM
LEFT, RIGHT = MARGIN, PAGE_WIDTH - MARGIN
LEADING = 1.4
# The tax service's application wants 20 mm at least, and four modules of white around it.
CODE_SIDE = 32 * MM
CODE_QUIET_MM = 3.6
BESIDE_CODE = LEFT + CODE_SIDE + 5 * MM


class Align(Enum):
    LEFT = "left"
    RIGHT = "right"


@dataclass(frozen=True, slots=True)
class Style:
    """`grey` is 0 for black; the size is in points."""

    font: str
    size: float
    grey: float = 0.1

    @property
    def leading(self) -> float:
        return self.size * LEADING


TITLE = Style(fonts.BOLD, 15)
TOTAL = Style(fonts.BOLD, 13)
STRONG = Style(fonts.BOLD, 8.5)
BODY = Style(fonts.REGULAR, 8.5)
DATA = Style(fonts.REGULAR, 7.8)
MUTED = Style(fonts.REGULAR, 7.2, grey=0.42)


@dataclass(frozen=True, slots=True)
class Text:
    x: float
    text: str
    style: Style
    align: Align = Align.LEFT


class Mark(Enum):
    """What is drawn at a row's top beside text: a hairline across, or the QR code at the left."""

    RULE = "rule"
    CODE = "code"


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the strip; its texts share a baseline."""

    height: float
    texts: tuple[Text, ...] = ()
    mark: Mark | None = None


Group = tuple[Row, ...]


def row(*texts: Text) -> Row:
    return Row(max(text.style.leading for text in texts), texts)


def gap(millimetres: float) -> Row:
    return Row(millimetres * MM)


def rule(above: float = 1.6, below: float = 1.6) -> Group:
    """A hairline with room in millimetres on both sides."""
    return (gap(above), Row(0, mark=Mark.RULE), gap(below))


def paragraph(text: str, style: Style, left: float = LEFT, right: float = RIGHT) -> Group:
    lines = fonts.wrap(fonts.printable(text), style.font, style.size, right - left)
    return tuple(row(Text(left, line, style)) for line in lines)


def pair(
    name: str, value: str, *, style: Style = BODY, left: float = LEFT, names: Style = MUTED
) -> Group:
    """A name on the left, its value against the right edge and wrapped there when long."""
    label = Text(left, fonts.printable(name), names)
    free = RIGHT - left - fonts.width(label.text, names.font, names.size) - 3 * MM
    lines = fonts.wrap(fonts.printable(value), style.font, style.size, free) or [""]
    first, *others = (Text(RIGHT, line, style, Align.RIGHT) for line in lines)
    return (row(label, first), *(row(other) for other in others))


def position(name: str, amount: str, notes: Iterable[str]) -> Group:
    """An item: its name over as many lines as it takes, the cost on the first, notes below."""
    free = RIGHT - fonts.width(amount, STRONG.font, STRONG.size) - 4 * MM
    lines = fonts.wrap(fonts.printable(name), BODY.font, BODY.size, free - LEFT) or [""]
    first, *others = (Text(LEFT, line, BODY) for line in lines)
    cost = Text(RIGHT, amount, STRONG, Align.RIGHT)
    below = (line for note in notes for line in paragraph(note, MUTED, right=free))
    return (row(first, cost), *(row(other) for other in others), *below, gap(1.4))


def beside_code(numbers: Iterable[tuple[str, str]]) -> Group:
    """The QR code with pairs to the right of it."""
    rows = [
        line
        for name, value in numbers
        for line in (*pair(name, value, style=DATA, left=BESIDE_CODE), gap(1))
    ]
    below = CODE_SIDE - sum(line.height for line in rows)
    return (Row(0, mark=Mark.CODE), *rows, Row(max(below, 0)))


@dataclass(frozen=True, slots=True)
class Placed:
    """A row and the distance of its top from the page's top."""

    top: float
    row: Row


@dataclass(frozen=True, slots=True)
class Page:
    height: float
    rows: tuple[Placed, ...]


def paginate(groups: Iterable[Group], height_max: float) -> list[Page]:
    """Pages no taller than `height_max`, the last cut to its content.

    A group stays on one page when it fits one; a longer one is split between rows.
    """
    pages: list[list[Row]] = [[]]
    free = room = height_max - 2 * MARGIN
    for group in groups:
        needed = sum(row.height for row in group)
        for index, line in enumerate(group):
            starts_over = index == 0 and free < needed <= room
            if pages[-1] and (starts_over or line.height > free):
                pages.append([])
                free = room
            pages[-1].append(line)
            free -= line.height
    last = len(pages) - 1
    used = 2 * MARGIN + sum(row.height for row in pages[last])
    return [
        Page(used if number == last else height_max, tuple(_placed(rows)))
        for number, rows in enumerate(pages)
    ]


def _placed(rows: Iterable[Row]) -> Iterator[Placed]:
    top = MARGIN
    for line in rows:
        yield Placed(top, line)
        top += line.height
