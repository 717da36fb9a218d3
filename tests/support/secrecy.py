"""Whatever the suite seals, opens or issues is looked for in all that it prints, logs and stores.

tests/conftest.py turns it on. A test fails in whose output a secret is found, in any usual
spelling; so does one whose AWS holds it at the end (RELIABILITY 3.8, L1, L7).
"""

import base64
import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from logging import LogRecord
from typing import Final
from unittest.mock import patch
from urllib.parse import quote

import pytest
from aws_lambda_powertools.logging.formatter import LambdaPowertoolsFormatter
from moto.backends import get_backend
from moto.core.models import DEFAULT_ACCOUNT_ID

from shared import keys, vault
from shared.secret import Secret
from tests.support.intrinsics import REGION

# What precedes the random part of an issued key is public: the last characters are the secret.
_TAIL: Final = 43
# So many characters of a spelling are looked up, and then so many compared: a log may cut the rest.
# A secret of a test that is shorter is a mere word.
_WINDOW: Final = 10
_COMPARED: Final = 20


@dataclass(slots=True)
class Watch:
    """Beginnings of secrets' spellings, and the lines logged since the last look."""

    starts: dict[str, dict[str, str]] = field(default_factory=dict)
    logged: list[str] = field(default_factory=list)

    def remember(self, value: str) -> None:
        if len(value) >= _WINDOW:
            for name, spelling in _spellings(value[-_TAIL:]):
                alike = self.starts.setdefault(spelling[:_WINDOW], {})
                alike.setdefault(spelling[:_COMPARED], name)

    def found(self, lines: Iterable[str]) -> list[str]:
        """How each secret in `lines` is spelled, and the line up to it."""
        return [leak for line in set(lines) for leak in self._in(line)]

    def _in(self, line: str) -> Iterator[str]:
        for at in range(len(line) - _WINDOW + 1):
            for start, name in self.starts.get(line[at : at + _WINDOW], {}).items():
                if line.startswith(start, at):
                    yield f"a secret, {name}, after {line[max(0, at - 80) : at]!r}"


WATCH: Final = Watch()


def _spellings(value: str) -> Iterator[tuple[str, str]]:
    raw = value.encode()
    yield from (("plain", value), ("in a URL", quote(value, safe="")))
    yield from (("in JSON", json.dumps(value)[1:-1]), ("in hex", raw.hex()))
    yield "in hex", raw.hex().upper()
    for before in range(3):
        # Base64 of three bytes is four characters, whose first depend on what stood before.
        padded = b"\0" * before + raw
        for encode in (base64.b64encode, base64.urlsafe_b64encode):
            yield "in base64", encode(padded).decode()[4 if before else 0 :].rstrip("=")[:-1]


@contextmanager
def watching(watch: Watch) -> Iterator[None]:
    """Keys and peppers are made in shared.keys, opened values in shared.vault."""

    def remembered(value: str) -> Secret:
        watch.remember(value)
        return Secret(value)

    seal, written = vault.Vault.seal, LambdaPowertoolsFormatter.format

    def sealing(self: vault.Vault, value: Secret, context: Mapping[str, str]) -> str:
        watch.remember(value.reveal())
        return seal(self, value, context)

    def writing(self: LambdaPowertoolsFormatter, record: LogRecord) -> str:
        line = written(self, record)
        watch.logged.append(line)
        return line

    with (
        patch.object(keys, "Secret", remembered),
        patch.object(vault, "Secret", remembered),
        patch.object(vault.Vault, "seal", sealing),
        patch.object(LambdaPowertoolsFormatter, "format", writing),
    ):
        yield


def judge(report: pytest.TestReport, watch: Watch) -> None:
    """Fails the test whose phase has printed or logged a secret, and forgets the lines."""
    lines, watch.logged[:] = list(watch.logged), []
    for name, text in report.sections:
        if name.endswith(f" {report.when}"):
            lines += text.splitlines()
    if leaks := watch.found(lines):
        report.outcome = "failed"
        report.longrepr = "\n".join(["a secret was written", *leaks])


def check_stored(watch: Watch) -> None:
    """AssertionError when the fake AWS holds a secret in a table or in a queue."""
    leaks = watch.found(_stored()) if watch.starts else []
    assert not leaks, "\n".join(["a secret was stored", *leaks])


def _stored() -> Iterator[str]:
    tables = get_backend("dynamodb")[DEFAULT_ACCOUNT_ID][REGION].tables
    for name, table in tables.items():
        for item in table.all_items():
            yield f"{name} {json.dumps(item.to_json(), default=str, ensure_ascii=False)}"
    for name, queue in get_backend("sqs")[DEFAULT_ACCOUNT_ID][REGION].queues.items():
        for message in queue._messages:
            yield f"{name} {message.body}"
