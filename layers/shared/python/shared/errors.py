"""The errors a caller may see, each with a code and a status (AR-17).

AppError                     what the edge turns into {"code","message","details","request_id"}
├── InvalidRequest     400   the request itself is malformed
├── NotAuthorized      401   who are you?
├── PaymentRequired    402   a bank's definite no; never a fault of ours
├── Forbidden          403   known, but not allowed
├── NotFound           404   no such object, or not yours: one and the same answer
├── Conflict           409   the object's state forbids it; details say the state
├── Gone               410   it existed, and its time is over
├── TooLarge           413   over a documented bound
├── Refused            422   well formed, and the business says no
├── TooManyRequests    429   slow down; details say when to come back
└── Unavailable        503   unknown outcome or a part of us is down: repeat later
"""

from typing import ClassVar


class AppError(Exception):
    """A named refusal. `details` hold only what the caller may read: no secret, no payload."""

    status: ClassVar[int] = 500

    def __init__(self, code: str, message: str = "", /, **details: object) -> None:
        super().__init__(code)
        self.code = code
        self.message = message or code.replace("_", " ")
        self.details = details


class InvalidRequest(AppError):
    status = 400


class NotAuthorized(AppError):
    status = 401


class PaymentRequired(AppError):
    """Only what a bank has definitely declined: whoever is told so may not go on (SD-23)."""

    status = 402


class Forbidden(AppError):
    status = 403


class NotFound(AppError):
    status = 404


class Conflict(AppError):
    status = 409


class Gone(AppError):
    status = 410


class TooLarge(AppError):
    status = 413


class Refused(AppError):
    status = 422


class TooManyRequests(AppError):
    status = 429


class Unavailable(AppError):
    """The outcome is unknown or the dependency is down: never read it as "failed" (R3)."""

    status = 503


BY_STATUS: dict[int, type[AppError]] = {
    kind.status: kind
    for kind in (
        InvalidRequest,
        NotAuthorized,
        PaymentRequired,
        Forbidden,
        NotFound,
        Conflict,
        Gone,
        TooLarge,
        Refused,
        TooManyRequests,
        Unavailable,
    )
}


def of_status(status: int, code: str, message: str, details: dict[str, object]) -> AppError:
    """The error another service answered with, as if it had been raised here."""
    error = BY_STATUS.get(status, Unavailable)(code, message)
    error.details = details
    return error
