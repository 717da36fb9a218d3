"""The AWS emulator as a child process; `python -m local.emulator` is the child's own side."""

import http.client
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

REGION = "eu-central-1"
ACCOUNT = "000000000000"
HOST = "127.0.0.1"
_START_TIMEOUT_S = 30
_STOP_TIMEOUT_S = 5


class EmulatorFailed(RuntimeError):
    """The emulator did not become ready; the message ends with the tail of its log."""


@contextmanager
def running(state: Path, log: Path) -> Iterator[str]:
    """Runs the emulator on a free loopback port; its files live under `state` until the end.

    Yields its endpoint URL. Signatures and policies are enforced.
    """
    port = _free_port()
    scratch = Path(tempfile.mkdtemp(prefix="emulator-", dir=state))
    with log.open("wb") as output:
        child = subprocess.Popen(
            [sys.executable, "-m", "local.emulator"],
            cwd=Path(__file__).resolve().parent.parent,
            env=_environment(port, scratch),
            stdin=subprocess.PIPE,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        _wait_until_ready(child, port, log)
        yield f"http://{HOST}:{port}"
    finally:
        _stop(child)
        shutil.rmtree(scratch, ignore_errors=True)


def tail(log: Path, lines: int) -> str:
    return "\n".join(log.read_text(errors="replace").splitlines()[-lines:])


def _environment(port: int, scratch: Path) -> dict[str, str]:
    # Built from nothing: the functions inherit it, so the developer's profiles, proxies, Docker
    # and log level must not leak into them. LOG_LEVEL is also what Powertools would default to.
    return {
        "PATH": os.environ.get("PATH", os.defpath),
        "HOME": str(scratch),
        "TMPDIR": str(scratch),
        "TZ": "UTC",
        "PYTHONUTF8": "1",
        "LOG_LEVEL": "INFO",
        "BIND_HOST": HOST,
        "MINISTACK_HOST": HOST,
        "GATEWAY_PORT": str(port),
        "MINISTACK_REGION": REGION,
        "MINISTACK_ACCOUNT_ID": ACCOUNT,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_EC2_METADATA_DISABLED": "true",
        "AUTH": "true",
        "IOT_MTLS_ENABLED": "0",
        "SFTP_ENABLED": "0",
        "DOCKER_HOST": f"unix://{scratch}/no-docker",
    }


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port


def _wait_until_ready(child: subprocess.Popen[bytes], port: int, log: Path) -> None:
    deadline = time.monotonic() + _START_TIMEOUT_S
    while time.monotonic() < deadline and child.poll() is None:
        if _is_healthy(port):
            return
        time.sleep(0.02)
    raise EmulatorFailed(f"the emulator did not start:\n{tail(log, 20)}")


def _is_healthy(port: int) -> bool:
    connection = http.client.HTTPConnection(HOST, port, timeout=_STOP_TIMEOUT_S)
    try:
        connection.request("GET", "/_ministack/health")
        return connection.getresponse().status == http.HTTPStatus.OK
    except OSError:
        return False
    finally:
        connection.close()


def _stop(child: subprocess.Popen[bytes]) -> None:
    if child.stdin:
        child.stdin.close()
    try:
        child.wait(_STOP_TIMEOUT_S)
    except subprocess.TimeoutExpired:
        os.killpg(child.pid, signal.SIGKILL)
        child.wait()


def _serve() -> None:
    from ministack import app
    from ministack.core import lambda_runtime

    def die_with_parent() -> None:
        # Standard input ends when the parent closes it and also when the parent is killed, on
        # every system. Refused: PR_SET_PDEATHSIG, which only Linux has and which fires when the
        # thread that started us ends.
        os.read(0, 1)
        try:
            lambda_runtime.reset()  # ends and reaps the workers: not every machine has an init
            shutil.rmtree(os.environ["TMPDIR"], ignore_errors=True)
        finally:
            os.killpg(0, signal.SIGKILL)

    threading.Thread(target=die_with_parent, daemon=True).start()
    app.main()


if __name__ == "__main__":
    _serve()
