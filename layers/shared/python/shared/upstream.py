"""JSON over HTTP to outside systems (SPEC part B): bounded, and honest about what is not known.

2xx gives the body. A documented 4xx is a final answer. All else - a time-out, a broken connection,
a redirect, 408, 429, 5xx, a body that is no JSON object - is Unavailable: unknown, to be repeated
with the same idempotency key (R3, R4).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

import requests

from shared import logs, metrics, trace
from shared.errors import Unavailable

_KNOWN: Final = {*range(200, 300), *range(400, 500)} - {408, 429}


class UpstreamRefused(Exception):
    """A final 4xx: `code` and `details` are the upstream's own."""

    def __init__(self, system: str, status: int, code: str, details: Mapping[str, Any]) -> None:
        super().__init__(f"{system} {status} {code}")
        self.status = status
        self.code = code
        self.details = details


@dataclass(frozen=True)
class Upstream:
    """One outside system at `base_url`; each call is tried once, tasks repeat."""

    system: str
    base_url: str
    timeout_s: float = 5
    idempotency_header: str = "Idempotency-Key"

    @cached_property
    def _session(self) -> requests.Session:
        return requests.Session()

    def call(
        self, method: str, path: str, body: Any = None, idempotency_key: str = ""
    ) -> dict[str, Any]:
        """The JSON object of a 2xx answer. Raises UpstreamRefused or Unavailable."""
        return self.exchange(method, path, body, idempotency_key)[1]

    def exchange(
        self, method: str, path: str, body: Any = None, idempotency_key: str = ""
    ) -> tuple[int, dict[str, Any]]:
        """As call, with the 2xx status: for answers whose status is the message."""
        headers = {"X-Request-Id": trace.request_id()}
        if idempotency_key:
            headers[self.idempotency_header] = idempotency_key
        try:
            answer = self._session.request(
                method,
                self.base_url + path,
                json=body,
                headers=headers,
                timeout=self._budget(),
                allow_redirects=False,
            )
            found = answer.json() if answer.content else {}
        except (requests.RequestException, ValueError) as problem:
            raise self._unknown(type(problem).__name__) from problem
        if answer.status_code not in _KNOWN or not isinstance(found, dict):
            raise self._unknown(str(answer.status_code))
        if answer.status_code >= 400:
            self._count("refused")
            code, details = str(found.get("code", "")), found.get("details") or {}
            raise UpstreamRefused(self.system, answer.status_code, code, details)
        self._count("ok")
        return answer.status_code, found

    def _budget(self) -> tuple[float, float]:
        budget_s = trace.budget_s(self.timeout_s)
        if budget_s <= 0:
            raise self._unknown("out_of_time")
        return min(1.0, budget_s), budget_s

    def _unknown(self, reason: str) -> Unavailable:
        logs.error("upstream_unknown", system=self.system, reason=reason)
        self._count("unknown")
        return Unavailable("upstream_unavailable", system=self.system)

    def _count(self, result: str) -> None:
        metrics.count("ExternalCall", System=self.system, Result=result)
