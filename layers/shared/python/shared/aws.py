"""One session a process, one client a service, short time-outs (PERFORMANCE 5.3).

botocore's clients are boto3's; of boto3 itself nothing is used, and it costs a cold start a tenth.
"""

from functools import cache
from typing import Any, Final

from botocore.config import Config
from botocore.session import Session, get_session

# Seconds to wait for an answer and how often to try in all. A Lambda invoke is never repeated by
# the SDK: after a lost answer the callee would run again (DESIGN 7).
_LIMITS: Final = {
    "dynamodb": (3, 3),
    "sqs": (3, 3),
    "events": (3, 3),
    "s3": (5, 3),
    "secretsmanager": (3, 3),
    "kms": (3, 3),
    # A repeat after a lost answer is a second e-mail: whether to take that is not the SDK's choice.
    "sesv2": (5, 1),
}


@cache
def _session() -> Session:
    return get_session()


@cache
def client(service: str) -> Any:
    """The shared client of `service`. Untyped: botocore builds its clients at run time."""
    read_timeout_s, attempts = _LIMITS[service]
    config = _config(read_timeout_s, attempts)
    if service == "s3":
        # Some regions still sign links the old way, and then the bucket cannot see their age.
        config = config.merge(Config(signature_version="s3v4"))
    return _session().create_client(service, config=config)


@cache
def invoke_client(read_timeout_s: int) -> Any:
    """A Lambda client whose calls give up after whole seconds and are tried once."""
    return _session().create_client("lambda", config=_config(read_timeout_s, 1))


def _config(read_timeout_s: int, attempts: int) -> Config:
    return Config(
        connect_timeout=1,
        read_timeout=read_timeout_s,
        retries={"mode": "standard", "total_max_attempts": attempts},
        s3={"addressing_style": "path"},
    )


def forget() -> None:
    """Drops session and clients: for tests that swap the world under them."""
    for cached in (client, invoke_client, _session):
        cached.cache_clear()
