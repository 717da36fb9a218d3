"""The function that takes longest to stand ready, against one that loads every package at once."""

from dataclasses import replace
from typing import Final

from bench import stub
from bench.processes import Variant, measures, ours, reference
from bench.ratios import Ratio, ratio, rounds
from tests.support.intrinsics import ROOT

ALL_PACKAGES: Final = (
    *("boto3", "chalice", "pydantic", "pynamodb", "requests", "aws_lambda_powertools"),
    *("reportlab.pdfgen.canvas", "segno", "xmltodict", "cryptography.fernet"),
)
# Loaded by the first receipt, not by the import: here it counts.
_DRAWING: Final = "qr_orders.receipts.pdf"
_TRIES: Final = 2
_TARGET: Final = 0.6


def worst(count: int) -> Ratio:
    functions = _functions()
    with stub.listening() as url:
        tried = rounds(measures(functions, url), _TRIES)
        least = {name: min(sample.cold_ns for sample in found) for name, found in tried.items()}
        slowest = max(least, key=lambda name: least[name])
        eager = replace(reference("bare_read", "qr_orders", None), packages=ALL_PACKAGES)
        pair = {"ours": functions[slowest], "eager": eager}
        found = rounds(measures(pair, url), count)
    cold = {name: [sample.cold_ns for sample in samples] for name, samples in found.items()}
    return ratio(f"cold worst: {slowest} / all packages", _TARGET, cold["ours"], cold["eager"])


def _functions() -> dict[str, Variant]:
    found = {}
    for file in sorted((ROOT / "functions").rglob("*.py")):
        service, *path = file.relative_to(ROOT / "functions").with_suffix("").parts
        if path[-1] != "__init__":
            found[f"{service}/{path[-1]}"] = ours(service, ".".join(path), None)
    receipt = "qr_orders/render_receipt"
    return found | {receipt: replace(found[receipt], packages=(_DRAWING,))}
