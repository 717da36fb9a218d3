"""Nothing of the stack can be reached from another machine."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.local.conftest import Town

pytestmark = pytest.mark.skipif(not Path("/proc/net/tcp").exists(), reason="needs Linux's /proc")
_LISTEN, _LOOPBACK = "0A", ("0100007F", "00000000000000000000000001000000")


def family(pid: int) -> Iterator[int]:
    """The process and its descendants: the emulator and the functions' workers are among them."""
    yield pid
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in task.read_text().split():
            yield from family(int(child))


def sockets_of(pid: int) -> set[str]:
    links = []
    for handle in Path(f"/proc/{pid}/fd").glob("*"):
        try:
            links.append(os.readlink(handle))
        except OSError:
            continue
    return {link[8:-1] for link in links if link.startswith("socket:[")}


def listening(sockets: set[str]) -> list[str]:
    """Hex addresses of those sockets that listen, over both address families."""
    tables = [Path("/proc/net/tcp"), Path("/proc/net/tcp6")]
    lines = [line for table in tables for line in table.read_text().splitlines()[1:]]
    rows = (line.split() for line in lines)
    return [row[1].partition(":")[0] for row in rows if row[3] == _LISTEN and row[9] in sockets]


def test_everything_that_listens_listens_on_loopback(town: Town) -> None:
    assert town.stack.client("lambda").list_functions()["Functions"]
    found = listening({socket for pid in family(os.getpid()) for socket in sockets_of(pid)})
    assert len(found) >= 2
    assert [address for address in found if address not in _LOOPBACK] == []
