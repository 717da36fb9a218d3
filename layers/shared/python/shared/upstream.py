"""HTTP to outside systems, JSON by the contracts of SPEC part B: bounded, and honest about what is
not known.

2xx gives the body. A documented 4xx is a final answer. All else - a time-out, a broken connection,
a redirect, 408, 429, 5xx, a body that is no JSON object - is Unavailable: unknown, to be repeated
with the same idempotency key (R3, R4).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from shared import logs, metrics, trace
from shared.errors import Unavailable

if TYPE_CHECKING:
    import requests

_BODY_MAX: Final = 256 * 1024
_KNOWN: Final = {*range(200, 300), *range(400, 500)} - {408, 429}


class UpstreamRefused(Exception):
    """A final 4xx: `code` and `details` are the upstream's own."""

    def __init__(self, system: str, status: int, code: str, details: Mapping[str, Any]) -> None:
        super().__init__(f"{system} {status} {code}")
        self.status = status
        self.code = code
        self.details = details


def _session() -> "requests.Session":
    """Loads requests: only for functions that have an Upstream, and when they start."""
    import requests

    return requests.Session()


@dataclass(frozen=True, slots=True)
class Upstream:
    """One outside system at `base_url`; each call is tried once, tasks repeat."""

    system: str
    base_url: str
    timeout_s: float = 5
    idempotency_header: str = "Idempotency-Key"
    _session: "requests.Session" = field(default_factory=_session, init=False, compare=False)

    def call(
        self, method: str, path: str, body: Any = None, key: str = "", *, operation: str
    ) -> dict[str, Any]:
        """The JSON object of a 2xx answer. Raises UpstreamRefused or Unavailable.

        `key` makes a repeat harmless; `operation` is the contract's name of the call, a dimension
        of the metric ExternalCall.
        """
        return self.exchange(method, path, body, key, operation=operation)[1]

    def exchange(
        self, method: str, path: str, body: Any = None, key: str = "", *, operation: str
    ) -> tuple[int, dict[str, Any]]:
        """As call, with the 2xx status: for answers whose status is the message."""
        headers = {"X-Request-Id": trace.request_id()}
        if key:
            headers[self.idempotency_header] = key
        answer = self._answer(method, path, operation, json=body, headers=headers)
        try:
            found = answer.json() if answer.content else {}
        except ValueError as problem:
            raise self._unknown(operation, type(problem).__name__) from problem
        if not isinstance(found, dict):
            raise self._unknown(operation, str(answer.status_code))
        if answer.status_code >= 400:
            self._count(operation, "refused")
            code, details = str(found.get("code", "")), found.get("details") or {}
            raise UpstreamRefused(self.system, answer.status_code, code, details)
        self._count(operation, "ok")
        return answer.status_code, found

    def send(
        self, method: str, path: str, body: bytes, headers: Mapping[str, str], *, operation: str
    ) -> tuple[int, bytes]:
        """Somebody's own protocol: status and body of a 2xx, or of a 4xx that is an answer.

        Raises Unavailable.
        """
        answer = self._answer(method, path, operation, data=body or None, headers=headers)
        self._count(operation, "ok" if answer.status_code < 400 else "refused")
        return answer.status_code, answer.content[:_BODY_MAX]

    def _answer(
        self, method: str, path: str, operation: str, **content: Any
    ) -> "requests.Response":
        try:
            answer = self._session.request(
                method,
                self.base_url + path,
                timeout=self._budget(operation),
                allow_redirects=False,
                **content,
            )
        # What requests raises is an OSError, or a ValueError.
        except (OSError, ValueError) as problem:
            raise self._unknown(operation, type(problem).__name__) from problem
        if answer.status_code not in _KNOWN:
            raise self._unknown(operation, str(answer.status_code))
        return answer

    def _budget(self, operation: str) -> tuple[float, float]:
        budget_s = trace.budget_s(self.timeout_s)
        if budget_s <= 0:
            raise self._unknown(operation, "out_of_time")
        return min(1.0, budget_s), budget_s

    def _unknown(self, operation: str, reason: str) -> Unavailable:
        logs.error("upstream_unknown", system=self.system, operation=operation, reason=reason)
        self._count(operation, "unknown")
        return Unavailable("upstream_unavailable", system=self.system)

    def _count(self, operation: str, result: str) -> None:
        metrics.count("ExternalCall", System=self.system, Operation=operation, Result=result)
