"""Who calls a driver's route, and for which driver: as the dispatchers' routes do (0.3, 22)."""

import re
from typing import Any, Final

from fleet_payment_systems.bills import Payer
from fleet_payment_systems.schema.dispatchers import Backends
from shared.errors import InvalidRequest
from shared.http import Request

_DRIVER: Final = re.compile(r"[A-Za-z0-9_-]{1,64}", re.ASCII)


class Pros(Backends):
    """Backends of the drivers' app."""

    def driver(self, request: Request[Any]) -> Payer:
        """Raises Forbidden caller_not_allowed; InvalidRequest park_required, driver_required."""
        caller, park_id = self._named(request)
        driver_id = request.headers.get("x-driver-id", "")
        if _DRIVER.fullmatch(driver_id) is None:
            raise InvalidRequest("driver_required")
        return Payer(park_id, driver_id, caller)
