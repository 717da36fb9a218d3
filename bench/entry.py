"""A fresh process in place of Lambda's: imports a handler, answers one event, then many.

python -P entry.py MODULE PIPE CALLS SHIPPED [PACKAGE…] < event.json
Writes two JSON lines to the file descriptor PIPE: after the first answer (for the event null when
the handler stands ready), and after CALLS more.
"""

import importlib
import json
import os
import sys
import time
from importlib.machinery import SourceFileLoader
from types import CodeType
from typing import Final

_IN_USE: Final = 20  # calls before the count starts: caches and connections are warm after them


class Context:
    """What Lambda hands to a handler, as far as ours looks."""

    aws_request_id = "00000000-0000-4000-8000-000000000000"
    function_name = "bench"

    def get_remaining_time_in_millis(self) -> int:
        return 20_000


def without_bytecode() -> None:
    """As a plain `sam build` ships packages; the standard library keeps its own, as on Lambda."""
    compiled = SourceFileLoader.get_code
    library = os.path.dirname(os.__file__)

    def get_code(loader: SourceFileLoader, name: str) -> CodeType | None:
        path = loader.get_filename(name)
        if path.startswith(library) and "site-packages" not in path:
            return compiled(loader, name)
        code: CodeType = loader.source_to_code(loader.get_data(path), path)
        return code

    SourceFileLoader.get_code = get_code  # type: ignore[method-assign, assignment]


def main(module: str, pipe: str, calls: str, shipped: str, *packages: str) -> None:
    if shipped == "shipped":
        without_bytecode()
    for package in packages:
        importlib.import_module(package)
    event = sys.stdin.read()
    app = importlib.import_module(module).app
    context = Context()
    ready = json.loads(event) is None
    answer = {"statusCode": 200} if ready else app(json.loads(event), context)
    _tell(int(pipe), {"status": answer["statusCode"]})
    if int(calls):
        for _ in range(_IN_USE):
            app(json.loads(event), context)
        started = time.process_time_ns()
        for _ in range(int(calls)):
            app(json.loads(event), context)
        _tell(int(pipe), {"cpu_ns": (time.process_time_ns() - started) // int(calls)})


def _tell(pipe: int, fact: dict[str, int]) -> None:
    os.write(pipe, json.dumps(fact).encode() + b"\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
