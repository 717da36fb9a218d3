"""The sandbox's payment methods (SPEC B.3): a fixed list, its faults."""

from collections.abc import Mapping
from typing import Any

from sandbox import wiring
from sandbox.payment_methods import AVAILABILITY
from sandbox.schema import payment_methods as schema
from sandbox.schema.faults import FaultOrder
from shared.http import Request, endpoint, http_app

app = http_app("sandbox-payment_methods")
faults = wiring.faults("payment_methods")


@endpoint(app, "POST", "/payment_methods/faults", input=FaultOrder)
def arm_faults(request: Request[FaultOrder]) -> FaultOrder:
    faults.arm(**request.input.model_dump())
    return request.input


@endpoint(
    app,
    "POST",
    "/payment_methods/v1/payment-methods-availability",
    input=schema.Availability,
)
@faults.meet
def get_availability(_request: Request[schema.Availability]) -> Mapping[str, Any]:
    return AVAILABILITY
