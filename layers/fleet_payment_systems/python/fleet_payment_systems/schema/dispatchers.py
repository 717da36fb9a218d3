"""Who calls a dispatcher's route, and for whom: IAM names the caller, headers the person (0.3, 22).

The headers are as good as the backend that sends them, so only backends that we know may.
"""

import re
from dataclasses import dataclass
from typing import Any, Final, Self

from fleet_payment_systems.model import Operator
from shared.errors import Forbidden, InvalidRequest
from shared.http import Request

_PARK: Final = re.compile(r"[A-Za-z0-9_-]{1,64}", re.ASCII)
_USER: Final = re.compile(r"[A-Za-z0-9._@:+-]{1,128}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Backends:
    """Those whose word for park and person is taken."""

    callers: tuple[re.Pattern[str], ...]

    @classmethod
    def parse(cls, roles: str) -> Self:
        """From names of roles, or ARNs with `*` for one part, separated by commas.

        A name is a role of this account: another account's caller never passes IAM of an HTTP API.
        """
        names = [each.strip() for each in roles.split(",")]
        return cls(tuple(_pattern(name) for name in names if name))

    def _named(self, request: Request[Any]) -> tuple[str, str]:
        """Caller and park. Raises Forbidden caller_not_allowed; InvalidRequest park_required."""
        caller = str((request.authorizer.get("iam") or {}).get("userArn") or "")
        if not any(pattern.fullmatch(caller) for pattern in self.callers):
            raise Forbidden("caller_not_allowed")
        park_id = request.headers.get("x-park-id", "")
        if _PARK.fullmatch(park_id) is None:
            raise InvalidRequest("park_required")
        return caller, park_id


class Dispatchers(Backends):
    def reader(self, request: Request[Any]) -> Operator:
        """Who asks. Raises Forbidden caller_not_allowed; InvalidRequest park_required."""
        caller, park_id = self._named(request)
        user_id = request.headers.get("x-user-id", "")
        return Operator(park_id, user_id if _USER.fullmatch(user_id) else "", caller)

    def author(self, request: Request[Any]) -> Operator:
        """As reader, for a change: somebody must answer for it. Raises operator_required too."""
        found = self.reader(request)
        if not found.user_id:
            raise InvalidRequest("operator_required")
        return found


def _pattern(name: str) -> re.Pattern[str]:
    if ":" not in name:
        return re.compile(rf"arn:[^:]+:sts::[0-9]{{12}}:assumed-role/{re.escape(name)}/[^/]+")
    return re.compile(re.escape(name).replace(r"\*", "[^:/]*"))
