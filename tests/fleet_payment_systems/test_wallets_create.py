"""functions/fleet_payment_systems/wallets_create.py: a park's account in a payment system."""

from decimal import Decimal

import pytest

from fleet_payment_systems.store.wallets import WalletStore
from fleet_payment_systems.use_cases.passwords import sealing_context
from fleet_payment_systems.use_cases.wallets import WALLETS_MAX
from shared.errors import Unavailable
from tests.fleet_payment_systems.desk import CALLER, Desk, everything, journal, said, sample, vault
from tests.support.intrinsics import Json


def test_a_new_wallet_is_answered_with_its_secrets_masked(desk: Desk) -> None:
    status, body = desk.create()

    assert status == 201
    assert body["credentials"] == {"username": "park7", "service_id": "112", "password": "***"}
    assert body["limits"] == {"min": "1000.00", "max": "5000000.00", "daily": "20000000.00"}
    assert (body["rev"], body["enabled"], body["missing"]) == (1, True, [])
    assert (body["profile"], body["timezone"]) == ("soap", "Asia/Tashkent")
    assert "link" not in body


def test_a_wallet_is_kept_as_it_was_wanted(desk: Desk) -> None:
    found = WalletStore().find(desk.wallet()["wallet_id"])

    assert found is not None
    assert (found.park_id, found.system, found.currency) == (desk.park_id, "uzpaynet", "UZS")
    assert found.commission_rate == Decimal("0.0150")
    assert found.limits.minimum is not None
    assert found.limits.minimum.minor == 100_000
    assert found.settings == {"username": "park7", "service_id": "112"}
    assert found.ip_allowlist == ("203.0.113.0/24",)
    assert found.notify_emails == ("ops@park.example",)


def test_a_secret_is_sealed_for_its_wallet_and_field(desk: Desk) -> None:
    wallet_id = desk.wallet()["wallet_id"]
    other_id = desk.wallet()["wallet_id"]
    found = WalletStore().find(wallet_id)
    assert found is not None
    sealed, safe = found.credentials["password"], vault()

    assert safe.open(sealed, sealing_context(wallet_id, "password")).reveal() == "pw-sample-77"
    with pytest.raises(Unavailable):
        safe.open(sealed, sealing_context(other_id, "password"))


def test_the_journal_says_who_made_it_and_names_no_value(desk: Desk) -> None:
    wallet_id = desk.wallet()["wallet_id"]

    (line,) = journal(wallet_id)
    details = said(line)

    assert (line.rev, line.name, line.actor) == (1, "created", "o.petrova")
    assert details["caller"] == CALLER
    assert "credentials.password" in details["changed"]
    assert "pw-sample-77" not in str(details)


def test_a_repeated_request_answers_the_same_wallet(desk: Desk) -> None:
    _status, first = desk.create(key="k-1")
    before = everything()

    status, body = desk.create(key="k-1")

    assert (status, body) == (200, first)
    assert everything() == before


def test_the_same_key_with_another_body_is_a_422(desk: Desk) -> None:
    desk.create(key="k-1")
    before = everything()
    credentials = sample("wallets_create")["credentials"] | {"password": "another-one"}

    status, body = desk.create(key="k-1", credentials=credentials)

    assert (status, body["code"]) == (422, "idempotency_mismatch")
    assert everything() == before


def test_the_same_request_twice_at_once_makes_one_wallet(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    _status, first = desk.create(key="k-1")
    before = everything()
    find, calls = WalletStore.request, iter([None])
    monkeypatch.setattr(WalletStore, "request", lambda *args: next(calls, find(*args)))

    status, body = desk.create(key="k-1")

    assert (status, body) == (200, first)
    assert everything() == before


def test_another_parks_key_is_another_request(desk: Desk) -> None:
    _status, first = desk.create(key="k-1")

    status, body = desk.other().create(key="k-1")

    assert status == 201
    assert body["wallet_id"] != first["wallet_id"]


def test_two_requests_without_a_key_are_two_wallets(desk: Desk) -> None:
    assert desk.wallet()["wallet_id"] != desk.wallet()["wallet_id"]


def test_the_park_of_the_body_is_not_believed(desk: Desk) -> None:
    wallet_id = desk.wallet(park_id="park-of-another")["wallet_id"]
    found = WalletStore().find(wallet_id)
    assert found is not None
    assert found.park_id == desk.park_id


def test_a_wallet_without_a_required_field_waits_disabled(desk: Desk) -> None:
    _status, body = desk.create(credentials={"username": "park7"}, enabled=False)
    assert (body["enabled"], body["missing"]) == (False, ["password"])


def test_what_could_be_wrong_by_a_factor_has_no_default(desk: Desk) -> None:
    before = everything()
    wanted: Json = {
        "system": "elecsnet",
        "currency": "RUB",
        "credentials": {"sign_secret": "s3cret"},
    }

    status, body = desk.create(**wanted)

    assert (status, body["code"]) == (422, "wallet_incomplete")
    assert body["details"]["missing"] == ["amount_unit", "sign_rule", "sign_fields"]
    assert everything() == before


@pytest.mark.parametrize(
    ("profile", "missing"),
    [("command_call", ["login", "password"]), ("nonstop24", ["sign_secret", "service_id"])],
)
def test_each_profile_asks_for_its_own_secret(desk: Desk, profile: str, missing: list[str]) -> None:
    wanted: Json = {"system": "city24", "currency": "UAH", "profile": profile}

    status, body = desk.create(**wanted, credentials={})
    assert (status, body["code"]) == (422, "wallet_incomplete")
    assert body["details"]["missing"] == missing

    status, _body = desk.create(**wanted, credentials=dict.fromkeys(missing, "own-7"))
    assert status == 201


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"system": "cash"}, "unknown_system"),
        ({"profile": "osmp"}, "unknown_profile"),
        ({"currency": "USD"}, "currency_not_supported"),
        ({"credentials": {"username": "a", "token": "b"}}, "unknown_field"),
        ({"credentials": {"username": "", "password": "b"}}, "field_invalid"),
        ({"credentials": {"username": "a\nb", "password": "b"}}, "field_invalid"),
        ({"credentials": {"username": "a" * 201, "password": "b"}}, "field_invalid"),
        ({"credentials": {"username": "a", "service_id": "x1"}}, "field_invalid"),
        ({"credentials": {"username": "a", "unknown_code": "42"}}, "field_invalid"),
        ({"credentials": {"username": "a", "password": "***"}}, "wallet_incomplete"),
        ({"credentials": {"username": "a"}}, "wallet_incomplete"),
        ({"limits": {"min": "10", "max": "9.99"}}, "limits_invalid"),
        ({"limits": {"max": "10", "daily": "9"}}, "limits_invalid"),
        ({"limits": {"min": "10", "daily": "9"}}, "limits_invalid"),
        ({"limits": {"min": "0"}}, "limits_invalid"),
    ],
    ids=str,
)
def test_a_wallet_that_makes_no_sense_is_a_422(desk: Desk, changes: Json, code: str) -> None:
    before = everything()

    status, body = desk.create(**changes)

    assert (status, body["code"]) == (422, code)
    assert everything() == before


@pytest.mark.parametrize(
    "changes",
    [
        {"title": ""},
        {"enabled": "yes"},
        {"commission_rate": "1.5"},
        {"commission_rate": "0.00001"},
        {"commission_rate": 0},
        {"driver_lookup": "name"},
        {"timezone": "Mars/Olympus"},
        {"timezone": "../etc/passwd"},
        {"ip_allowlist": ["10.0.0.5/8"]},
        {"ip_allowlist": ["everywhere"]},
        {"notify_emails": ["ops"]},
        {"limits": {"min": "1,5"}},
        {"limits": {"min": 5}},
        {"credentials": {"username": 7}},
        {"credentials": {"username": "a" * 4097}},
        {"token_expires_at": "2027-01-01T00:00:00"},
    ],
    ids=str,
)
def test_a_malformed_term_is_a_400_that_repeats_no_value(desk: Desk, changes: Json) -> None:
    before = everything()

    status, body = desk.create(**changes)

    assert (status, body["code"]) == (400, "validation_failed")
    assert everything() == before


def test_a_park_has_so_many_wallets_at_most(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    wallet = WalletStore().find(desk.wallet()["wallet_id"])
    monkeypatch.setattr(WalletStore, "of_park", lambda *_: [wallet] * WALLETS_MAX)

    status, body = desk.create()

    assert (status, body["code"]) == (422, "too_many_wallets")
