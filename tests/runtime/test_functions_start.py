"""Every function starts under Lambda's own runtime client and answers its event, AWS being down.

From build/release, which `make deploy` ships: nothing of it may be compiled on the way.
"""

import json
import os
import tempfile
from pathlib import Path
from typing import Any, Final

import pytest

from tests.architecture.templates import SERVICES, Function, Service, service, stems
from tests.runtime.runtime_api import Answer, RuntimeApi, started
from tests.support.intrinsics import REGION, ROOT

# Python 3.13 where the machine has it, with the pins of the layers and awslambdaric.
PYTHON: Final = ROOT / "build/runtime/bin/python"
EVERY_FUNCTION: Final = [(name, stem) for name in SERVICES for stem in sorted(stems(name))]
SHIPPED: Final = ROOT / "build/release"
# Without Lambda's Python the release goes without bytecode, and starts all the same.
COMPILED: Final = next(SHIPPED.rglob("*.cpython-313.pyc"), None) is not None
NOBODY_LISTENS: Final = "http://127.0.0.1:1"
# What a cash desk reads as "unknown, again" in its own protocol.
LATER: Final = (503, {"result": 50, "message": "system_error"})
ERROR_SHAPE: Final = {"code", "message", "details", "request_id"}

pytestmark = pytest.mark.skipif(
    not (PYTHON.exists() and SHIPPED.exists()), reason="make test-runtime makes both"
)


def environment(found: Service, function: Function) -> dict[str, str]:
    """What Lambda sets: the template's variables, layers on the path, a caller's credentials."""
    opt = str(ROOT / "build/documents")
    layers = [f"layers/{package}/python" for package in ("shared", *found.packages)]
    folders = [SHIPPED / folder for folder in (f"functions/{found.name}", *layers)]
    if COMPILED:
        folders.append(Path(__file__).parent / "compiled")
    return {
        **{key: value.replace("/opt", opt, 1) for key, value in function.environment.items()},
        "PYTHONPATH": os.pathsep.join(map(str, folders)),
        "AWS_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_ENDPOINT_URL": NOBODY_LISTENS,
    }


def is_answer_of(stem: str, answer: Answer, event: Any) -> bool:
    """The shape that the caller relies on: SQS, a schedule, or a client of an API."""
    match stem.partition(".")[0]:
        case "tasks":
            failed = [{"itemIdentifier": each["messageId"]} for each in event["Records"]]
            return answer == Answer("response", {"batchItemFailures": failed})
        # They raise: the schedule's own metrics tell of it, it is seen, or brought again.
        case "crons" | "subscribers" | "alert_to_chat":
            return answer.kind == "error"
        case "ops":  # or rehearses, which may need nobody, or says who was silent
            return answer.kind == "error" or bool({"dry_run", "silent"} & answer.body.keys())
        # It raises: a till with a good key is not told that it is a bad one.
        case "authorize" if event.get("type") == "REQUEST":
            return answer.kind == "error" and answer.body["errorType"] == "Unavailable"
    return answer.kind == "response" and is_http_answer(answer.body)


def is_http_answer(found: Any) -> bool:
    status: int = found["statusCode"]
    if not found["headers"]["Content-Type"].startswith("application/json"):
        return status in (200, 503)  # a payment system reads "try later" in its own protocol
    body = json.loads(found["body"])
    return status < 400 or body.keys() >= ERROR_SHAPE or (status, body) == LATER


@pytest.mark.parametrize(("name", "stem"), EVERY_FUNCTION)
def test_a_function_starts_and_answers_its_event(name: str, stem: str) -> None:
    found = service(name)
    function = next(each for each in found.functions.values() if each.stem == stem)
    event = (ROOT / f"events/{name}/{function.short}.json").read_bytes()
    api = RuntimeApi(function.name, function.timeout_s)
    folder, variables = SHIPPED / "functions" / name, environment(found, function)
    with started(PYTHON, folder, f"{stem}.app", variables, api):
        answer = api.invoke(event)
    assert is_answer_of(stem, answer, json.loads(event)), answer


def test_a_function_that_cannot_be_loaded_is_reported(tmp_path: Path) -> None:
    (tmp_path / "broken.py").write_text("import nowhere_to_be_found\n")
    api = RuntimeApi("broken", 10)
    with started(PYTHON, tmp_path, "broken.app", {}, api):
        answer = api.invoke(b"{}")
    assert answer.kind == "init"
    assert answer.body["errorType"] == "Runtime.ImportModuleError"


@pytest.mark.skipif(not COMPILED, reason="no Python of Lambda's here")
def test_a_source_that_is_shipped_without_bytecode_is_reported() -> None:
    with tempfile.TemporaryDirectory(dir=SHIPPED) as folder:
        (Path(folder) / "bare.py").write_text("app = print\n")
        api = RuntimeApi("bare", 10)
        variables = {"PYTHONPATH": str(Path(__file__).parent / "compiled")}
        with started(PYTHON, Path(folder), "bare.app", variables, api):
            answer = api.invoke(b"{}")
    assert "no bytecode of cpython-313" in answer.body["errorMessage"]
