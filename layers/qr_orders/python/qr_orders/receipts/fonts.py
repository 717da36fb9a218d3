"""DejaVu Sans for receipts: where the files are, which text they can draw, how wide it is."""

from __future__ import annotations

import os
import unicodedata
from functools import cache
from pathlib import Path

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

REGULAR = "DejaVuSans"
BOLD = "DejaVuSans-Bold"
REPLACEMENT = "\N{REPLACEMENT CHARACTER}"
BASIC_PLANE_LAST = 0xFFFF
# No DejaVu release draws the dram, the lari or the capital Georgian letters of Unicode 11 (which
# upper-casing makes): the currencies are spelt by their ISO codes, the letters drawn small.
SPELLED = {0x058F: "AMD", 0x20BE: "GEL"} | {code: code - 0xBC0 for code in range(0x1C90, 0x1CC0)}
DROPPED = frozenset({"Cc", "Cf", "Cs"})
BLANKS = frozenset({"Zs", "Zl", "Zp"})
NO_BREAK_SPACE = "\u00a0"


class FontsMissing(RuntimeError):
    """FONTS_DIR is not set, or does not hold both fonts: the layer was not built."""


def fonts_dir() -> Path:
    """Folder of the fonts: /opt/fonts in Lambda (layer `documents`), build/documents/fonts here."""
    folder = Path(os.environ.get("FONTS_DIR") or "")
    for name in (REGULAR, BOLD):
        if not folder.is_absolute() or not (folder / f"{name}.ttf").is_file():
            raise FontsMissing(f"FONTS_DIR={str(folder)!r} has no {name}.ttf (absolute path?)")
    return folder


@cache
def drawable() -> frozenset[int]:
    """Registers both fonts with reportlab, once a process; code points that both can draw.

    Only the basic plane: reportlab's text maps have four hex digits a character.
    """
    folder = fonts_dir()
    fonts = [TTFont(name, folder / f"{name}.ttf", asciiReadable=False) for name in (REGULAR, BOLD)]
    for font in fonts:
        # The name table is the licence in full, a third of a receipt's bytes; no viewer needs it.
        font.face.table.pop("name", None)
        pdfmetrics.registerFont(font)
    shared = frozenset.intersection(*(frozenset(font.face.charToGlyph) for font in fonts))
    return frozenset(code for code in shared if 0x20 <= code <= BASIC_PLANE_LAST)


def printable(text: str) -> str:
    """What can be drawn of any text.

    Tabs and line ends become spaces; control, bidirectional and other invisible characters go;
    a character without a glyph shows as U+FFFD.
    """
    composed = unicodedata.normalize("NFC", text).translate(SPELLED)
    return "".join(_printable_character(character) for character in composed)


def _printable_character(character: str) -> str:
    category = unicodedata.category(character)
    if character in "\t\r\n\v\f" or (category in BLANKS and character != NO_BREAK_SPACE):
        return " "
    if category in DROPPED or "\ufe00" <= character <= "\ufe0f":
        return ""
    if category == "Co" or ord(character) not in drawable():
        return REPLACEMENT
    return character


def width(text: str, font: str, size: float) -> float:
    drawable()
    return float(pdfmetrics.stringWidth(text, font, size))


def wrap(text: str, font: str, size: float, limit: float) -> list[str]:
    """Lines no wider than `limit` points, broken at spaces, inside a word only when it must."""
    lines: list[str] = []
    line = ""
    for word in text.split(" "):
        joined = f"{line} {word}" if line else word
        if width(joined, font, size) <= limit:
            line = joined
            continue
        *whole, rest = _pieces(word, font, size, limit)
        lines += [line, *whole] if line else whole
        line = rest
    return [*lines, line] if line else lines


def _pieces(word: str, font: str, size: float, limit: float) -> list[str]:
    pieces = [""]
    taken = 0.0
    for character in word:
        advance = width(character, font, size)
        if taken + advance > limit and pieces[-1]:
            pieces.append("")
            taken = 0.0
        pieces[-1] += character
        taken += advance
    return pieces
