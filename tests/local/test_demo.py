"""`make demo` on this machine: real HTTP, real queues, the real templates; nothing stays."""

import os
import re
import socket
import subprocess
import sys

from tests.support.intrinsics import ROOT


def play() -> subprocess.CompletedProcess[str]:
    packages = os.pathsep.join(str(folder) for folder in sorted(ROOT.glob("layers/*/python")))
    return subprocess.run(
        [sys.executable, "-m", "local.demo"],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": packages},
        capture_output=True,
        text=True,
        timeout=150,
        check=False,
    )


def test_the_demo_ends_as_it_should_and_leaves_nothing_listening() -> None:
    ended = play()
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert "All as it should be" in ended.stdout
    listened = re.search(r"http://(127\.0\.0\.1):(\d+)", ended.stdout)
    assert listened is not None
    with socket.socket() as probe:
        assert probe.connect_ex((listened[1], int(listened[2]))) != 0
