"""By hand, migrate_wallets: the old store is copied into ours, and the two are compared (FP-24)."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from pydantic import ValidationError

from fleet_payment_systems.tables import WalletRow
from shared import aws
from shared.secret import Secret
from tests.fleet_payment_systems.desk import event_of, everything, vault
from tests.fleet_payment_systems.moving import PARK, TOKEN, WALLET, Moving, moving, old_item
from tests.support.intrinsics import Json

OTHER = "a1b2c3d4-0000-4000-8000-000000000002"


@pytest.fixture(scope="module")
def module_house() -> Iterator[Moving]:
    with moving("3") as found:
        yield found


@pytest.fixture
def here(module_house: Moving) -> Moving:
    """In phase 3, with an empty old store; ours has what tests before have left."""
    module_house.redis.client.flushall()
    module_house.phase("3")
    return module_house


def of_run(here: Moving, **wish: Any) -> Json:
    return here.migrate(action="import", dry_run=False, **wish)


def test_a_wallet_is_copied_with_its_id_its_secret_and_its_link(here: Moving) -> None:
    here.put(old_item())

    report = of_run(here)

    own = here.own()
    assert own is not None
    assert report["counts"] == {"new": 1}
    assert (own.wallet_id, own.park_id, own.system) == (WALLET, PARK, "uzpaynet")
    assert (own.enabled, str(own.commission_rate)) == (True, "0.0150")
    context = {"table": "wallets", "wallet_id": WALLET, "field": "password"}
    assert vault().open(own.credentials["password"], context).reveal() == "pw-old-secret-77"
    assert here.enters(TOKEN)
    assert not here.enters(old_item()["LinkHash"])


def test_neither_a_report_nor_our_store_tells_a_secret(
    here: Moving, capsys: pytest.CaptureFixture[str]
) -> None:
    here.put(old_item(Id=OTHER, LinkHash=None, LinkToken="another-link-in-plain-text-77"))
    report = here.migrate(action="import", run="secrecy")
    of_run(here, run="secrecy")
    compared = here.migrate(action="compare", run="secrecy")

    told = [json.dumps([report, compared]), *everything(), capsys.readouterr().out]
    secrets = ("pw-old-secret-77", "another-link-in-plain-text-77", TOKEN, old_item()["LinkHash"])
    assert [secret for secret in secrets if any(secret in one for one in told)] == []


def test_a_dry_run_says_what_would_be_done_and_does_nothing(here: Moving) -> None:
    here.put(old_item(Id="dry-1"))
    before, old = everything(), here.old("dry-1")

    report = here.migrate(action="import")

    assert report["facts"] == [
        {"park_id": PARK, "wallet_id": "dry-1", "state": "new", "fields": ()}
    ]
    assert (everything(), here.old("dry-1")) == (before, old)


def test_what_the_old_service_has_beside_is_left_to_it(here: Moving) -> None:
    here.put(old_item(Id="beside-1"))
    of_run(here)
    item = here.old("beside-1")
    assert item is not None
    assert item["ColourOfItsButton"] == "#ffcc00"


def test_a_park_that_is_a_list_is_copied_too(here: Moving) -> None:
    here.append(old_item(Id="list-1"), "park-list")
    here.append(old_item(Id="list-2", LinkHash=None), "park-list")

    assert of_run(here)["counts"] == {"unreadable": 1, "new": 1}
    assert here.own("list-2") is not None


def test_one_link_never_leads_to_two_wallets(here: Moving) -> None:
    """WALLET has that link: whoever comes by it stays where it is."""
    here.put(old_item())
    of_run(here)
    here.put(old_item(Id="twin-1"))

    report = of_run(here)

    assert report["counts"] == {"unreadable": 1, "same": 1}
    assert report["facts"][0]["fields"] == ("link_of_another_wallet",)
    assert here.own("twin-1") is None


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"Type": "Bitcoin"}, "unknown_system"),
        ({"Currency": "USD"}, "currency_not_supported"),
        ({"Commission": "a lot"}, "malformed"),
        ({"CreatedAt": "2024-03-01T09:00:00"}, "moment_without_offset"),
        ({"Id": "a_b"}, "wallet_id_not_possible"),
    ],
    ids=str,
)
def test_what_cannot_be_a_wallet_is_reported_and_stops_nothing(
    here: Moving, changes: Json, reason: str
) -> None:
    here.put(old_item(**({"Id": "odd-1"} | changes)))
    here.put(old_item(Id="even-1", LinkHash=None))

    report = of_run(here)

    odd = [one for one in report["facts"] if one["state"] == "unreadable"]
    assert [one["fields"] for one in odd] == [(reason,)]
    assert here.own("even-1") is not None


def test_an_incomplete_wallet_is_copied_switched_off(here: Moving) -> None:
    here.put(old_item(Id="half-1", Password=None, LinkHash=None))
    of_run(here)
    own = here.own("half-1")
    old = here.old("half-1")
    assert own is not None
    assert old is not None
    assert (own.enabled, old["IsEnabled"]) == (False, True)

    here.desk.update(here.desk.get("half-1"), title="Half")
    old = here.old("half-1")
    assert old is not None
    assert (old["Name"], old["IsEnabled"]) == ("Half", True)


def test_a_run_goes_on_page_by_page(here: Moving) -> None:
    for number in range(12):
        here.put(old_item(Id=f"page-{number}", LinkHash=None), f"park-page-{number}")

    assert here.migrate_all(action="import", dry_run=False, parks=3) == {"new": 12}
    assert here.migrate_all(action="import", dry_run=False, parks=3) == {"same": 12}


def test_a_comparison_names_what_differs_and_whom_only_one_side_has(here: Moving) -> None:
    here.put(old_item(Id="cmp-1", LinkHash=None), "park-cmp")
    here.put(old_item(Id="cmp-2", LinkHash=None), "park-cmp")
    of_run(here)
    item = here.old("cmp-1", "park-cmp")
    assert item is not None
    here.put(item | {"Name": "Another", "Password": "pw-another-77"}, "park-cmp")
    here.redis.client.hdel("PaySystem:Items:park-cmp", "cmp-2")
    here.put(old_item(Id="cmp-3", LinkHash=None), "park-cmp")

    report = here.migrate(action="compare", run="cmp")

    mine = {one["wallet_id"]: one["fields"] for one in report["facts"] if "cmp" in one["wallet_id"]}
    assert mine == {"cmp-1": ("title", "content"), "cmp-2": ("missing",), "cmp-3": ("missing",)}
    content = aws.client("s3").get_object(
        Bucket=here.world.environment("fleet_payment_systems")["EXPORTS_BUCKET"],
        Key=report["file"],
    )
    assert b"cmp-3" in content["Body"].read()


def test_a_secret_that_was_copied_wrong_is_found(here: Moving) -> None:
    """Its mark says that it was copied; only opening it shows what."""
    here.put(old_item(Id="wrong-1", LinkHash=None), "park-wrong")
    of_run(here)
    context = {"table": "wallets", "wallet_id": "wrong-1", "field": "password"}
    sealed = vault().seal(Secret("pw-quite-another-77"), context)
    row = WalletRow.get("wrong-1")
    row.credentials = {"password": sealed}
    row.save()

    report = here.migrate(action="compare", run="wrong")

    found = [one for one in report["facts"] if one["wallet_id"] == "wrong-1"]
    assert [one["fields"] for one in found] == [("credentials.password",)]


def test_a_wallet_that_lives_on_its_own_is_never_copied_over(here: Moving) -> None:
    here.put(old_item(Id="own-1", LinkHash=None))
    of_run(here)
    here.phase("4")
    status, _body = here.desk.update(here.desk.get("own-1"), title="Ours alone")
    assert status == 200
    here.phase("3")

    report = of_run(here)

    own = here.own("own-1")
    assert own is not None
    assert own.title == "Ours alone"
    assert ("not_a_copy",) in [one["fields"] for one in report["facts"]]


def test_whoever_reads_past_the_api_is_counted(here: Moving) -> None:
    """The test's own connection is not ours: the gate between phases 2 and 3 (FP-23)."""
    assert here.migrate(action="readers")["counts"]["readers"] >= 1


def test_phase_four_knows_no_old_store(here: Moving) -> None:
    here.phase("4")
    with pytest.raises(LookupError):
        here.migrate(action="compare")


@pytest.mark.parametrize(
    "wish",
    [
        {},
        {"action": "delete"},
        {"action": "import", "cursor": "x"},
        {"action": "import", "run": "/"},
    ],
    ids=str,
)
def test_an_unclear_wish_is_refused(here: Moving, wish: Json) -> None:
    with pytest.raises(ValidationError):
        here.migrate(**wish)


def test_the_sample_is_a_dry_run(here: Moving) -> None:
    before = everything()
    here.put(old_item(Id="sample-1", LinkHash=None))
    assert here.migrate(**event_of("migrate_wallets"))["counts"] == {"new": 1}
    assert everything() == before
