"""Faults on the wire (SPEC B.14, decision 21)."""

from typing import Annotated, Literal

from pydantic import Field

from sandbox.schema.wire import Wire


class FaultOrder(Wire):
    """The next `fail_next` calls wait `latency_ms`, then answer `status`; status 0: only slow."""

    fail_next: Annotated[int, Field(ge=0, le=10_000)]
    status: Annotated[int, Field(ge=400, le=599)] | Literal[0] = 503
    latency_ms: Annotated[int, Field(ge=0, le=20_000)] = 0
