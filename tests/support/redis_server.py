"""A real redis-server on loopback, which keeps nothing, and its commands as points of `calls`."""

import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final
from unittest.mock import patch

import pytest
from redis import Redis
from redis.exceptions import ConnectionError as Unreachable
from redis.exceptions import TimeoutError as TimedOut

from fleet_payment_systems import old_store
from tests.support import calls, footprint
from tests.support.footprint import Footprint

_BINARY: Final = shutil.which("redis-server")
_START_S: Final = 5.0

needs_redis: Final = pytest.mark.skipif(
    _BINARY is None, reason="no redis-server here: apt-get install redis-server"
)


@dataclass(frozen=True, slots=True)
class OldRedis:
    """The server, and a connection to it that is the old service's."""

    url: str
    client: Redis

    def snapshot(self) -> dict[str, bytes]:
        with calls.outside():
            return {key: self._dump(key) for key in self._keys()}

    def restore(self, kept: dict[str, bytes]) -> None:
        with calls.outside():
            self.client.flushall()
            for key, value in kept.items():
                self.client.restore(key, 0, value)

    def _dump(self, key: str) -> bytes:
        # Binary: a connection that decodes answers cannot read it.
        with Redis.from_url(self.url) as raw:
            found: Any = raw.dump(key)
        return bytes(found)

    def _keys(self) -> list[str]:
        found: Any = self.client.keys("*")
        return sorted(found)


@contextmanager
def redis_server() -> Iterator[OldRedis]:
    """Skips the test where there is no server to start."""
    if _BINARY is None:
        pytest.skip("no redis-server here: apt-get install redis-server")
    port = _free_port()
    command = [_BINARY, "--port", str(port), "--bind", "127.0.0.1", "--save", ""]
    server = subprocess.Popen(  # noqa: S603 - a binary of this machine
        [*command, "--appendonly", "no", "--loglevel", "warning"],
        stdout=subprocess.DEVNULL,
    )
    url = f"redis://127.0.0.1:{port}/0"
    client = Redis.from_url(url, decode_responses=True)
    try:
        _wait(client)
        yield OldRedis(url, client)
    finally:
        client.close()
        server.terminate()
        server.wait()


@contextmanager
def redis_points() -> Iterator[None]:
    """Inside, each command is a point: crashes and interleavings meet Redis as they meet AWS."""
    original: Any = Redis.execute_command

    def intercepted(client: Redis, *command: Any, **options: Any) -> Any:
        return calls.point(
            "redis",
            str(command[0]),
            lambda: original(client, *command, **options),
            lost=_raising(TimedOut("no answer")),
            refused=_raising(Unreachable("nobody there")),
            touches=_touches(command),
        )

    with patch.object(Redis, "execute_command", intercepted):
        yield


def _touches(command: tuple[Any, ...]) -> Footprint:
    if command[0] == "EVAL" and command[1] == old_store._GET:
        return footprint.reading(("redis", command[3], command[5]))
    if command[0] == "EVAL":
        return footprint.writing(("redis", command[3], command[5]))
    if command[0] in ("TYPE", "HGETALL", "LRANGE"):
        return footprint.reading(("redis", command[1]))
    return footprint.writing(("redis",))


def _wait(client: Redis) -> None:
    ends_at = time.monotonic() + _START_S
    while True:
        try:
            client.ping()
            return
        except Unreachable:
            if time.monotonic() > ends_at:
                raise


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _raising(error: Exception) -> Callable[[], Any]:
    def fail() -> Any:
        raise error

    return fail
