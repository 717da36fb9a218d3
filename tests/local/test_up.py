"""`make up`: what it leaves when it ends, and a new start after its driver was killed."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from local.actors import Till
from tests.support.intrinsics import ROOT, Json

PATIENCE_S = 40


@contextmanager
def driver(place: Path) -> Iterator[subprocess.Popen[str]]:
    """`make up` that describes itself at `place`; killed at the end if it still runs."""
    packages = os.pathsep.join(str(folder) for folder in sorted(ROOT.glob("layers/*/python")))
    with subprocess.Popen(  # noqa: S603
        [sys.executable, "-m", "local.up", str(place)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": packages},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as child:
        try:
            yield child
        finally:
            child.kill()


def until(holds: Callable[[], bool], child: subprocess.Popen[str]) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not holds():
        assert child.poll() in {None, -signal.SIGKILL}, child.communicate()[0]
        assert time.monotonic() < deadline
        time.sleep(0.05)


def ready(child: subprocess.Popen[str], place: Path) -> Json:
    until(place.is_file, child)
    found: Json = json.loads(place.read_text(encoding="utf-8"))
    return found


def is_open(facts: Json) -> bool:
    address = urlsplit(facts["aws"]["endpoint_url"])
    with socket.socket() as probe:
        return probe.connect_ex((str(address.hostname), int(address.port or 0))) == 0


def serves(facts: Json) -> bool:
    till = Till(facts["apis"]["qr_partner_integration"], facts["partner"]["api_key"])
    return till.status("01M7XAKN56BWGHR27VP2PFV0SV") == "NOT_FOUND"


def test_a_new_start_works_after_kill_9_and_sigterm_leaves_nothing(tmp_path: Path) -> None:
    place = tmp_path / "local.json"
    with driver(place) as first:
        killed = ready(first, place)
        assert serves(killed)
        first.kill()
        until(lambda: not is_open(killed), first)
    assert place.is_file()

    with driver(place) as second:
        until(lambda: place.is_file() and json.loads(place.read_text()) != killed, second)
        facts = ready(second, place)
        assert serves(facts)
        second.terminate()
        second.wait(PATIENCE_S)
    assert not is_open(facts)
    assert not place.exists()
