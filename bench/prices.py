"""What AWS asks, as PERFORMANCE 4 has it: dollars, no free tiers, on demand, Lambda on arm64."""

from decimal import Decimal
from typing import Final

AS_OF: Final = "2026-11-20"
_MILLION: Final = 1_000_000
_GIB: Final = 1024**3

GATEWAY_REQUEST: Final = Decimal("1.00") / _MILLION
# What a request to a REST API costs more than one to an HTTP API.
REST_SURCHARGE: Final = Decimal("2.50") / _MILLION
LAMBDA_REQUEST: Final = Decimal("0.20") / _MILLION
LAMBDA_GB_SECOND: Final = Decimal("0.0000133334")
READ_UNIT: Final = Decimal("0.125") / _MILLION
WRITE_UNIT: Final = Decimal("0.625") / _MILLION
LOG_BYTE: Final = Decimal("0.50") / _GIB
EGRESS_BYTE: Final = Decimal("0.09") / _GIB
QUEUE_REQUEST: Final = Decimal("0.40") / _MILLION
