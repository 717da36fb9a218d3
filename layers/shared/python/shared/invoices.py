"""The transactions service's calls (SPEC B.1), the same for whoever pays through it.

Ids and operation ids are the caller's, made before the call, so that each may be repeated (R3).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from shared.upstream import Upstream, UpstreamRefused


class EngineRefused(Exception):
    """The engine said no for good: `code` is the contract's."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class VersionedInvoices:
    """Raises Unavailable when an outcome is unknown, EngineRefused when it is final."""

    upstream: Upstream

    def create(self, body: Mapping[str, Any]) -> None:
        """`body` is the whole request; its `id` makes a repeat harmless."""
        self._call("create", "/v1/invoices", body, str(body["id"]))

    def update(
        self,
        invoice_id: str,
        operation_id: str,
        version: int,
        items: Sequence[Mapping[str, str]],
        reason: str,
    ) -> None:
        """`items` is the whole basket wanted as `version`; none gives all the money back."""
        body = {
            "operation_id": operation_id,
            "version": version,
            "items": list(items),
            "reason": reason,
        }
        self._call("update", f"/v1/invoices/{invoice_id}/update", body, operation_id)

    def clear(self, invoice_id: str) -> None:
        operation_id = f"{invoice_id}-c"
        path = f"/v1/invoices/{invoice_id}/clear"
        self._call("clear", path, {"operation_id": operation_id}, operation_id)

    def retrieve(self, invoice_id: str) -> dict[str, Any] | None:
        """The invoice as the contract has it; None when there is none."""
        try:
            return self.upstream.call("GET", f"/v1/invoices/{invoice_id}", operation="retrieve")
        except UpstreamRefused as problem:
            if problem.status == 404:
                return None
            raise EngineRefused(problem.code) from problem

    def _call(self, operation: str, path: str, body: Mapping[str, Any], key: str) -> None:
        try:
            self.upstream.call("POST", path, body, key, operation=operation)
        except UpstreamRefused as problem:
            raise EngineRefused(problem.code) from problem
