"""A secret that goes in comes out nowhere: answers, lines, metrics, rows (L7, 3.8, FX-20)."""

import json
import logging

import pytest
from botocore.exceptions import EndpointConnectionError

from shared import aws, logs
from tests.fleet_payment_systems.desk import Desk, everything, sample, secret_of

CANARY = "canary-7f3a9e51c2"
NEXT = "canary-0b8d64e7f1"


def test_neither_a_credential_nor_a_link_is_found_anywhere(
    desk: Desk, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    credentials = sample("wallets_create")["credentials"] | {"password": CANARY}
    answers = [desk.create(key="k-1", credentials=credentials)]
    wallet = answers[0][1]
    answers += [
        desk.create(key="k-1", credentials=credentials),
        desk.create(key="k-1", credentials=credentials | {"password": NEXT}),
        desk.create(credentials=credentials | {"unknown": CANARY}),
        desk.create(credentials=credentials | {"password": [CANARY]}),
        desk.create(credentials=credentials | {"password": CANARY * 20}),
        desk.create(credentials=credentials | {"password": f"{CANARY}\n"}),
        desk.create(credentials=credentials, title=""),
        desk.create(credentials=credentials | {"service_id": f"x{CANARY}"}),
        desk.update(wallet, credentials={"password": NEXT}),
        desk.update(wallet, credentials={"password": CANARY}),
    ]
    links = [desk.link(wallet), desk.regenerate(wallet, 60), desk.regenerate(wallet)]
    answers += [
        desk.call(function, wallet_id=wallet["wallet_id"])
        for function in ("wallets_link", "wallets_get", "wallets_list", "wallets_link_revoke")
    ]
    assert {status for status, _body in answers} == {200, 201, 400, 409, 422}

    told = [json.dumps(answers), *everything(), caplog.text, *capfd.readouterr()]

    assert any(wallet["wallet_id"] in row for row in everything())
    for secret in (CANARY, NEXT, *map(secret_of, links)):
        assert not [text for text in told if secret in text]


def test_a_failure_of_the_vault_tells_nothing_of_what_was_to_be_sealed(
    desk: Desk,
    capfd: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def broken(**arguments: object) -> None:
        raise EndpointConnectionError(endpoint_url=str(arguments))

    credentials = sample("wallets_create")["credentials"] | {"password": CANARY}
    monkeypatch.setattr(aws.client("kms"), "encrypt", broken)
    logger = logs._logger()
    monkeypatch.setattr(logger, "error", lambda *args, **more: logging.error([args, more]))
    before = everything()

    status, body = desk.create(credentials=credentials)

    assert (status, body["code"]) == (503, "vault_unavailable")
    assert everything() == before
    assert "vault_unavailable" in caplog.text
    assert CANARY not in str([body, caplog.text, *capfd.readouterr()])
