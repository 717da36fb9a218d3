"""Peppers from Secrets Manager, read once an hour a process."""

import time
from typing import Final

from botocore.exceptions import BotoCoreError, ClientError

from shared import aws
from shared.errors import Unavailable
from shared.keys import Peppers

_TTL_S: Final = 3600
_cached: dict[str, tuple[float, Peppers]] = {}


def peppers(secret_id: str) -> Peppers:
    """The peppers kept in the secret `secret_id`; a rotation arrives within an hour."""
    read_at, found = _cached.get(secret_id, (float("-inf"), None))
    if found is None or time.monotonic() - read_at > _TTL_S:
        try:
            answer = aws.client("secretsmanager").get_secret_value(SecretId=secret_id)
        except (BotoCoreError, ClientError) as problem:
            raise Unavailable("secrets_unavailable") from problem
        found = Peppers.parse(answer["SecretString"])
        _cached[secret_id] = (time.monotonic(), found)
    return found
