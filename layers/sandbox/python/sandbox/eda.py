"""Eda (SPEC B.2): takes documents, gives their fiscal receipts some time later."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sandbox.fiscal import receipt
from sandbox.tables import CreditRow, DocumentRow
from shared.clock import Clock, to_ms
from shared.errors import Conflict, NotFound
from shared.store import ConditionFailed, Transaction, commit

# Test tokens (SPEC B.14), anywhere in the name of an item.
_NO_RECEIPT = "#noreceipt"
_SLOW = "#slow"
_TIMES_SLOWER = 10


@dataclass(frozen=True, slots=True)
class Pending:
    retry_after_s: int


@dataclass(frozen=True, slots=True)
class Documents:
    clock: Clock
    receipt_delay_s: int

    def put(self, document_id: str, document: Mapping[str, Any]) -> bool:
        """True when it is new, False when the same was here. Raises Conflict document_conflict."""
        text = json.dumps(document, sort_keys=True, ensure_ascii=False)
        accepted_at = to_ms(self.clock.now())
        transaction = Transaction()
        row = DocumentRow(document_id, document=text, accepted_at=accepted_at)
        transaction.put(row, "document")
        try:
            commit(transaction)
        except ConditionFailed:
            if _find(document_id).document != text:
                raise Conflict("document_conflict", document_id=document_id) from None
            return False
        return True

    def credit(self, document_id: str, ticket_id: str, credit: str) -> None:
        """Cashback of the document's payment, once a ticket; the same again changes nothing.

        Raises NotFound document_not_found, Conflict ticket_conflict.
        """
        _find(document_id)
        transaction = Transaction()
        transaction.put(CreditRow(document_id, ticket_id, credit=credit), "credit")
        try:
            commit(transaction)
        except ConditionFailed:
            if CreditRow.get(document_id, ticket_id, consistent_read=True).credit != credit:
                raise Conflict("ticket_conflict", ticket_id=ticket_id) from None

    def receipt(self, document_id: str) -> dict[str, Any] | Pending:
        """The receipt's JSON once it is ready. Raises NotFound document_not_found."""
        row = _find(document_id)
        document = json.loads(row.document)
        if _is_marked(document, _NO_RECEIPT):
            return Pending(max(self.receipt_delay_s, 1))
        delay_s = self.receipt_delay_s * (_TIMES_SLOWER if _is_marked(document, _SLOW) else 1)
        left_ms = row.accepted_at + delay_s * 1000 - to_ms(self.clock.now())
        if left_ms > 0:
            return Pending(-(-left_ms // 1000))
        return receipt(document_id, document)


def _is_marked(document: Mapping[str, Any], token: str) -> bool:
    return any(token in item["name"] for item in document["items"])


def _find(document_id: str) -> DocumentRow:
    row = DocumentRow.find(document_id)
    if row is None:
        raise NotFound("document_not_found")
    return row
