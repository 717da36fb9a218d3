"""Rotating a pepper in two steps, an hour apart: known first, used then (L6).

Functions read a secret once an hour. A digest under a pepper that only half of them know would be
refused by the others; so the new one is added, and made the current one when everybody has it. The
old one stays, as the rows that were made with it name it.
"""

import json
import re
import secrets
import uuid
from datetime import timedelta
from typing import Any, Final, Literal

from botocore.exceptions import BotoCoreError, ClientError

from shared import aws, logs
from shared.clock import Clock, to_iso
from shared.errors import Conflict, Unavailable
from shared.queue import Handler, ops_app
from shared.wire import Wire

# The hour that a secret is kept in a process, and as long as one invocation may run.
KNOWN_AFTER: Final = timedelta(hours=1, minutes=15)
_LENGTH: Final = 48
_NUMBERED: Final = re.compile(r"p([0-9]{1,6})")


class RotatePepper(Wire):
    """`step` add, then use. Nothing is changed unless `dry_run` is false."""

    step: Literal["add", "use"] = "add"
    dry_run: bool = True


def rotate_app(name: str, secret_id: str, clock: Clock) -> Handler:
    """The Lambda `<service>/ops/rotate_pepper.py`."""
    return ops_app(name, lambda event: rotate(secret_id, RotatePepper.model_validate(event), clock))


def rotate(secret_id: str, wish: RotatePepper, clock: Clock) -> dict[str, Any]:
    """{dry_run, current, peppers, not_before?}: names of peppers, never a pepper.

    Raises Conflict step_pending (one was added and is not used yet), nothing_to_use, too_early;
    Unavailable.
    """
    version, changed_at, peppers = _read(secret_id)
    names = sorted((name for name in peppers if _NUMBERED.fullmatch(name)), key=_number)
    newest = names[-1]
    if wish.step == "add":
        if newest != peppers["current"]:
            raise Conflict("step_pending", pepper=newest)
        newest = f"p{_number(newest) + 1}"
        peppers[newest] = secrets.token_urlsafe(_LENGTH)
    else:
        if newest == peppers["current"]:
            raise Conflict("nothing_to_use")
        if clock.now() < changed_at + KNOWN_AFTER:
            raise Conflict("too_early", not_before=to_iso(changed_at + KNOWN_AFTER))
        peppers["current"] = newest
    if not wish.dry_run:
        _write(secret_id, version, peppers)
        logs.info("pepper_rotated", step=wish.step, pepper=newest)
    report = {"dry_run": wish.dry_run, "step": wish.step, "pepper": newest}
    return report | {
        "current": peppers["current"],
        "peppers": sorted({*names, newest}, key=_number),
    }


def _read(secret_id: str) -> tuple[str, Any, dict[str, str]]:
    """Version, the moment of its making, and the peppers with "current" among them."""
    try:
        answer = aws.client("secretsmanager").get_secret_value(SecretId=secret_id)
    except (BotoCoreError, ClientError) as problem:
        raise Unavailable("secrets_unavailable") from problem
    return answer["VersionId"], answer["CreatedDate"], json.loads(answer["SecretString"])


def _write(secret_id: str, version: str, peppers: dict[str, str]) -> None:
    """The token is made of the version that was read: of two at once the second is refused."""
    try:
        aws.client("secretsmanager").put_secret_value(
            SecretId=secret_id,
            SecretString=json.dumps(peppers),
            ClientRequestToken=str(uuid.uuid5(uuid.NAMESPACE_OID, version)),
        )
    except (BotoCoreError, ClientError) as problem:
        raise Unavailable("secrets_unavailable") from problem


def _number(name: str) -> int:
    return int(name[1:])
