"""Lasting links of receipts, for guests and for the back office (RC-19, RC-20, RC-28).

A path carries the document and proves that we wrote it; client_api leads it to a fresh link of a
few minutes. Whoever makes links needs the pepper, whoever follows one needs nothing else.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, Self

from shared import keys

_DOCUMENT: Final = re.compile(r"([\w-]{1,64})/([\w-]{1,80})/([1-9][0-9]{0,5})", re.ASCII)
# Language -> type of the receipt -> what it is called.
TITLES: Final[Mapping[str, Mapping[str, str]]] = {
    "ru": {"payment": "Чек оплаты", "refund": "Чек возврата"},
    "en": {"payment": "Payment receipt", "refund": "Refund receipt"},
}


@dataclass(frozen=True, slots=True)
class Document:
    """One fiscal document of an order: a version of one of its invoices (RC-11)."""

    order_id: str
    invoice_id: str
    version: int

    @classmethod
    def parse(cls, text: str) -> Self:
        """Reads "{order_id}/{invoice_id}/{version}", what str() writes. Raises ValueError."""
        match = _DOCUMENT.fullmatch(text)
        if match is None:
            raise ValueError("not a document")
        return cls(match[1], match[2], int(match[3]))

    def __str__(self) -> str:
        return f"{self.order_id}/{self.invoice_id}/{self.version}"

    @property
    def key(self) -> str:
        """Where the PDF of its receipt lies in the bucket (RC-16, SPEC decision 19)."""
        return f"receipts/{self.order_id}/{self.invoice_id}-{self.version}.pdf"

    @property
    def file_name(self) -> str:
        return f"receipt-{self.invoice_id}-{self.version}.pdf"


LinkOf = Callable[[Document], str]


def links_at(base_url: str, peppers: Callable[[], keys.Peppers]) -> LinkOf:
    """Makes links on the client API at `base_url`; `peppers` is asked with each link."""
    root = base_url.rstrip("/")
    return lambda document: f"{root}/r/{keys.seal(str(document), peppers())}"


def document_of(token: str, peppers: keys.Peppers) -> Document:
    """The document of a link's last part. Raises ValueError on any token that is not ours."""
    return Document.parse(keys.unseal(token, peppers) or "")
