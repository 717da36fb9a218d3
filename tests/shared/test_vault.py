"""Sealed credentials: only their own row and field opens them, and outages stay outages."""

from collections.abc import Iterator

import boto3
import pytest
from botocore.exceptions import EndpointConnectionError
from moto import mock_aws

from shared import aws
from shared.errors import Unavailable
from shared.secret import Secret
from shared.vault import VALUE_MAX, Vault

_CONTEXT = {"table": "wallets", "wallet_id": "w1", "field": "password"}


@pytest.fixture
def vault(monkeypatch: pytest.MonkeyPatch) -> Iterator[Vault]:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    with mock_aws():
        aws.forget()
        yield Vault(boto3.client("kms").create_key()["KeyMetadata"]["KeyId"])


def test_what_was_sealed_opens_in_its_own_place(vault: Vault) -> None:
    sealed = vault.seal(Secret("pw-77"), _CONTEXT)

    assert "pw-77" not in sealed
    assert vault.open(sealed, _CONTEXT).reveal() == "pw-77"


@pytest.mark.parametrize("moved", [{"wallet_id": "w2"}, {"field": "login"}])
def test_a_ciphertext_moved_elsewhere_does_not_open(vault: Vault, moved: dict[str, str]) -> None:
    sealed = vault.seal(Secret("pw-77"), _CONTEXT)
    vault.open(sealed, _CONTEXT)

    with pytest.raises(Unavailable):
        vault.open(sealed, _CONTEXT | moved)


def test_an_opened_value_costs_kms_once_a_minute(
    vault: Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    sealed = vault.seal(Secret("pw-77"), _CONTEXT)
    vault.open(sealed, _CONTEXT)
    with monkeypatch.context() as gone:
        gone.setattr(aws, "client", lambda _service: _Broken())
        assert vault.open(sealed, _CONTEXT).reveal() == "pw-77"


def test_without_kms_the_outcome_is_unknown_and_says_no_value(
    vault: Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    sealed = vault.seal(Secret("pw-77"), _CONTEXT)
    monkeypatch.setattr(aws, "client", lambda _service: _Broken())

    for attempt in (
        lambda: vault.open(sealed, _CONTEXT),
        lambda: vault.seal(Secret("pw-77"), _CONTEXT),
    ):
        with pytest.raises(Unavailable) as refused:
            attempt()
        assert "pw-77" not in repr(refused.value.details)
        assert refused.value.__cause__ is None


class _Broken:
    """KMS that cannot be reached."""

    def encrypt(self, **_request: object) -> None:
        raise EndpointConnectionError(endpoint_url="https://kms")

    decrypt = encrypt


def test_the_longest_key_fits_and_more_is_refused(vault: Vault) -> None:
    longest = Secret("k" * VALUE_MAX)
    assert vault.open(vault.seal(longest, _CONTEXT), _CONTEXT).reveal() == longest.reveal()
    with pytest.raises(ValueError, match="too long"):
        vault.seal(Secret("k" * (VALUE_MAX + 1)), _CONTEXT)
