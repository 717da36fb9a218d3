"""A link's token and a wallet's secrets reach no log, metric, table or answer (FP-11, L1, L7)."""

import base64
import json
import logging
from collections.abc import Iterator
from io import StringIO
from unittest.mock import patch
from urllib.parse import quote

import pytest

from local.park import plans
from shared import aws, logs
from tests.fleet_payment_systems_api.street import SYSTEMS, Street

CANARY = "canary~77&<secret>"


def spellings(secret: str) -> list[str]:
    raw = secret.encode()
    return [
        secret,
        quote(secret, safe=""),
        raw.hex(),
        raw.hex().upper(),
        base64.b64encode(raw).decode().rstrip("=")[:-1],
        base64.urlsafe_b64encode(raw).decode().rstrip("=")[:-1],
        json.dumps(secret)[1:-1],
    ]


@pytest.fixture
def written() -> Iterator[StringIO]:
    """What the functions log during a test; metrics go to standard output."""
    handler = logs._logger().registered_handler
    assert isinstance(handler, logging.StreamHandler)
    text = StringIO()
    with patch.object(handler, "stream", text):
        yield text


def told(street: Street) -> str:
    """Every answer and every stored row."""
    tables = aws.client("dynamodb").list_tables()["TableNames"]
    rows = [street.town.rows(table.removeprefix("test-")) for table in tables]
    return json.dumps([street.replies, rows], default=str)


@pytest.mark.parametrize("system", SYSTEMS)
def test_secrets_are_nowhere(
    street: Street,
    system: str,
    written: StringIO,
    capsys: pytest.CaptureFixture[str],
) -> None:
    secrets = {name: CANARY for name in ("password", "sign_secret")}
    facts = street.wallet(system)
    own = {name: value for name, value in secrets.items() if name in facts}
    if own:
        plain = {name: facts[name] for name in plans()[system].facts}
        facts = street.wallet(system, credentials={**plain, **own})
    street.pays(system, facts)
    misbehave(street, system, facts)

    printed = capsys.readouterr()
    everything = told(street) + written.getvalue() + printed.out + printed.err
    assert "FpsOperations" in printed.out
    assert "unhandled" in written.getvalue()
    token = facts["link"].rpartition("/")[2]
    secret = token.split("_", 2)[2]
    hidden = [token, secret, secret[:20], *own.values()]
    found = [each for one in hidden for each in spellings(one) if each in everything]
    assert found == []


def misbehave(street: Street, system: str, facts: dict[str, str]) -> None:
    """Whatever goes wrong with a genuine link: outages, a defect, a spoilt body."""
    terminal = street.terminal(system, facts)
    street.breaks("fleet_transactions", 1)
    assert not terminal.check(street.payment(terminal)).ok
    with patch(
        "fleet_payment_systems.use_cases.gate.verify", side_effect=ValueError(facts["link"])
    ):
        terminal.pay(street.payment(terminal))
    sent = terminal.speaks.pay(street.payment(terminal))
    spoilt = type(sent)(sent.method, sent.query[:-9] + "%ff", sent.body[:-9], sent.headers)
    street.send(system, facts["link"], spoilt)
