"""Lambda's Runtime API on loopback, for one process: it asks for an event and posts its answer.

GET .../invocation/next waits for an event. What the process posts is an `Answer`: of kind
"response", "error" (the handler raised) or "init" (it could not even be loaded).
"""

import json
import os
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from queue import Queue
from threading import Thread
from typing import Any, Final

_PREFIX: Final = "/2018-06-01/runtime/"
_PATIENCE_S: Final = 10


@dataclass(frozen=True, slots=True)
class Answer:
    kind: str
    body: Any


@dataclass(slots=True)
class RuntimeApi:
    """`port` is where it listens."""

    name: str
    timeout_s: int
    port: int = 0
    _events: "Queue[bytes]" = field(default_factory=Queue)
    _answers: "Queue[Answer]" = field(default_factory=Queue)

    def invoke(self, event: bytes) -> Answer:
        """Raises queue.Empty when the process stays silent."""
        self._events.put(event)
        return self._answers.get(timeout=_PATIENCE_S)

    def handler(self) -> type[BaseHTTPRequestHandler]:
        api = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                self._answer(200, api._events.get(), api._about_the_call())

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                kind = self.path.removeprefix(f"{_PREFIX}invocation/{_REQUEST_ID}/")
                kind = "init" if kind == f"{_PREFIX}init/error" else kind
                api._answers.put(Answer(kind, json.loads(body)))
                self._answer(202, b'{"status":"OK"}', {})

            def _answer(self, status: int, body: bytes, headers: Mapping[str, str]) -> None:
                self.send_response(status)
                for name, value in {**headers, "Content-Length": str(len(body))}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: Any) -> None:
                """Nothing: the tests print what matters."""

        return Handler

    def _about_the_call(self) -> dict[str, str]:
        arn = f"arn:aws:lambda:eu-central-1:123456789012:function:{self.name}"
        return {
            "Lambda-Runtime-Aws-Request-Id": _REQUEST_ID,
            "Lambda-Runtime-Deadline-Ms": str(int((time.time() + self.timeout_s) * 1000)),
            "Lambda-Runtime-Invoked-Function-Arn": arn,
            "Lambda-Runtime-Trace-Id": "Root=1-00000000-000000000000000000000000",
            "Content-Type": "application/json",
        }


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """The process is killed as soon as it has answered, in the middle of its next question."""


_REQUEST_ID: Final = "5f0e1f4e-3a55-4f5b-9d5e-2a4d1f0c9b7a"


@contextmanager
def started(
    python: Path, folder: Path, handler: str, environment: Mapping[str, str], api: RuntimeApi
) -> Iterator[RuntimeApi]:
    """Inside, the real runtime client serves `handler` of `folder`; its log is on stderr."""
    server = _Server(("127.0.0.1", 0), api.handler())
    api.port = server.server_address[1]
    Thread(target=server.serve_forever, daemon=True).start()
    own = {
        "PATH": os.environ["PATH"],
        "LANG": "en_US.UTF-8",
        "TZ": ":UTC",
        "PYTHONDONTWRITEBYTECODE": "1",
        "AWS_LAMBDA_RUNTIME_API": f"127.0.0.1:{api.port}",
        "AWS_LAMBDA_FUNCTION_NAME": api.name,
        "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "512",
        "LAMBDA_TASK_ROOT": str(folder),
        "_HANDLER": handler,
    }
    command = [str(python), "-m", "awslambdaric", handler]
    process = subprocess.Popen(command, cwd=folder, env={**own, **environment})  # noqa: S603
    try:
        yield api
    finally:
        process.kill()
        process.wait()
        server.shutdown()
        server.server_close()
