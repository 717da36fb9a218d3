"""The bus of payments, heard by the sandbox's cashback (SPEC B.4, QO-26)."""

from typing import Any

from sandbox import wiring
from shared import trace

cashback = wiring.cashback()
faults = wiring.faults("cashback")


def app(event: dict[str, Any], context: Any) -> None:
    trace.begin(None, context)
    faults.strike()
    cashback.hear(event["detail-type"], event["detail"])
