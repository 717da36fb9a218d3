"""Lines as a file that a spreadsheet opens: CSV or XLSX, with nothing in it that runs (FP-06)."""

import csv
import io
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import IO, Final

import xlsxwriter

from fleet_payment_systems.exports import Export
from fleet_payment_systems.use_cases.lines import NUMBERS

_BOM: Final = b"\xef\xbb\xbf"
# What a spreadsheet takes for the beginning of a formula.
_RUNS: Final = ("=", "+", "-", "@", "\t", "\r")


class SheetWriter:
    """Serves ports.Sheets."""

    def write(self, export: Export, lines: Iterable[Sequence[str]], file: IO[bytes]) -> None:
        if export.kind == "xlsx":
            _xlsx(export, lines, file)
        else:
            _csv(export, lines, file)


def _csv(export: Export, lines: Iterable[Sequence[str]], file: IO[bytes]) -> None:
    if export.bom:
        file.write(_BOM)
    text = io.TextIOWrapper(file, encoding="utf-8", newline="", write_through=True)
    writer = csv.writer(text)
    for line in lines:
        writer.writerow(
            value if column in NUMBERS else _harmless(value) for column, value in enumerate(line)
        )
    text.detach()


def _xlsx(export: Export, lines: Iterable[Sequence[str]], file: IO[bytes]) -> None:
    book = xlsxwriter.Workbook(file, {"constant_memory": True})
    # Without it the file would tell when it was written, and a repeat would differ.
    book.set_properties({"created": export.created_at.replace(tzinfo=None)})
    sheet, money = book.add_worksheet("transactions"), book.add_format({"num_format": "0.00"})
    for number, line in enumerate(lines):
        for column, value in enumerate(line):
            if number and column in NUMBERS:
                sheet.write_number(number, column, Decimal(value), money)
            else:
                sheet.write_string(number, column, _harmless(value))
    book.close()


def _harmless(text: str) -> str:
    """An apostrophe in front of what would be a formula, as OWASP advises."""
    return f"'{text}" if text.startswith(_RUNS) else text
