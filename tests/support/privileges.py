"""What functions are seen to do with AWS while the suite runs: who, which action, on what.

tests/conftest.py turns it on; `make privileges` holds what was seen against the policies.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from pathlib import Path
from typing import Any, Final
from unittest.mock import patch
from urllib.parse import urlsplit

from botocore.client import BaseClient
from botocore.signers import RequestSigner

from shared import secrets_store
from shared.keys import Peppers
from tests.support.intrinsics import ROOT, Json

# Function ("qr_orders/tasks.close"; "shop/*" is code that each of them runs), action
# ("sqs:SendMessage"), resource as `short` has it.
Use = tuple[str, str, str]

FOLDER: Final = ROOT / "build/privileges"
SEEN: Final[set[Use]] = set()
_IN_TRANSACTION: Final = {
    "Put": "PutItem",
    "Update": "UpdateItem",
    "Delete": "DeleteItem",
    "ConditionCheck": "ConditionCheckItem",
}
# Operations whose permission has another name.
_ACTIONS: Final = {
    "sqs:SendMessageBatch": "sqs:SendMessage",
    "lambda:Invoke": "lambda:InvokeFunction",
    "s3:HeadObject": "s3:GetObject",
    "s3:ListObjectsV2": "s3:ListBucket",
    "sesv2:SendEmail": "ses:SendEmail",
}
_ARN: Final = re.compile(r"^arn:aws:(\w+):[^:]*:[^:]*:")
_STAGE: Final = re.compile(r"\btest[-/]")
# A test may name what is in no template, to see it refused.
_OURS: Final = re.compile(r"\btest[-/]|^kms:|^ses:")
_running: ContextVar[str] = ContextVar("running", default="")


@contextmanager
def running(function: str) -> Iterator[None]:
    """Inside, calls of this context are those of `function`; of nobody when it is ""."""
    token = _running.set(function)
    try:
        yield
    finally:
        _running.reset(token)


@contextmanager
def watching() -> Iterator[None]:
    """Inside, what running functions ask of AWS, and links they sign, are added to SEEN."""
    send, sign = BaseClient._make_api_call, RequestSigner.generate_presigned_url
    peppers = secrets_store.peppers

    def sent(client: Any, operation: str, asked: Json) -> Any:
        see(client.meta.service_model.service_name, operation, asked)
        return send(client, operation, asked)

    def read(secret_id: str) -> Peppers:
        """Here another function may have read it; each Lambda reads it for itself."""
        see("secretsmanager", "GetSecretValue", {"SecretId": secret_id})
        return peppers(secret_id)

    def signed(signer: Any, request_dict: Json, operation_name: str, expires_in: int) -> Any:
        bucket, _, key = urlsplit(request_dict["url"]).path.lstrip("/").partition("/")
        see("s3", operation_name, {"Bucket": bucket, "Key": key})
        return sign(signer, request_dict, operation_name, expires_in)

    with (
        patch.object(BaseClient, "_make_api_call", sent),
        patch.object(secrets_store, "peppers", read),
        patch.object(RequestSigner, "generate_presigned_url", signed),
    ):
        yield


@contextmanager
def forgetting() -> Iterator[None]:
    """What is seen inside is forgotten at the end."""
    before = set(SEEN)
    try:
        yield
    finally:
        SEEN.intersection_update(before)


def see(service: str, operation: str, asked: Mapping[str, Any]) -> None:
    """Notes an AWS call of the running function, if one is running."""
    if function := _running.get():
        for action, resource in _needed(f"{service}:{operation}", asked):
            if _OURS.search(resource):
                SEEN.add((function, action, short(resource)))


def _needed(call: str, asked: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The actions that a policy must allow for a call, each with its resource."""
    match call:
        case "dynamodb:TransactWriteItems":
            for item in asked["TransactItems"]:
                for kind, write in item.items():
                    yield f"dynamodb:{_IN_TRANSACTION[kind]}", _table(write)
        case "dynamodb:BatchGetItem":
            for table in asked["RequestItems"]:
                yield call, _table({"TableName": table})
        case _:
            service = call.partition(":")[0]
            yield _ACTIONS.get(call, call), _RESOURCES[service](asked)


def _table(asked: Mapping[str, Any]) -> str:
    index = f"/index/{asked['IndexName']}" if "IndexName" in asked else ""
    return f"dynamodb:table/{asked['TableName']}{index}"


_RESOURCES: Final[Mapping[str, Callable[[Mapping[str, Any]], str]]] = {
    "dynamodb": _table,
    "sqs": lambda asked: f"sqs:{asked['QueueUrl'].rpartition('/')[2]}",
    "s3": lambda asked: "/".join(
        [f"s3:{asked['Bucket']}", *([asked["Key"]] if "Key" in asked else [])]
    ),
    "kms": lambda _asked: "kms:Key",
    "lambda": lambda asked: f"lambda:function:{asked['FunctionName']}",
    "secretsmanager": lambda asked: str(asked["SecretId"]),
    "sesv2": lambda asked: f"ses:identity/{asked['FromEmailAddress'].rpartition('@')[2]}",
    "events": lambda asked: f"events:event-bus/{asked['Entries'][0]['EventBusName']}",
}


@cache
def short(resource: str) -> str:
    """A resource without partition, region, account and stage: "sqs:qr_orders_close".

    A key's id says nothing: every service has one, "kms:Key".
    """
    named = _ARN.sub(r"\1:", resource).removeprefix("secretsmanager:secret:")
    return "kms:Key" if named.startswith("kms:") else _STAGE.sub("", named, count=1)


def begin(folder: Path = FOLDER) -> None:
    """Forgets what an earlier run of the suite has kept."""
    for left in folder.glob("*.json"):
        left.unlink()


def keep(name: str, folder: Path = FOLDER) -> None:
    """Writes what this process has seen: one file each, as a suite runs in several."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{name}.json").write_text(json.dumps(sorted(SEEN)), encoding="utf-8")


def kept(folder: Path = FOLDER) -> set[Use]:
    """What all processes of the last run have seen."""
    return {
        (function, action, resource)
        for file in folder.glob("*.json")
        for function, action, resource in json.loads(file.read_text(encoding="utf-8"))
    }
