"""Task fps_repair_wallet, and what the phases make of reads and writes (FP-22, FP-25)."""

from collections.abc import Iterator

import pytest

from fleet_payment_systems.old_store import RedisWallets
from fleet_payment_systems.store.copies import CopyStore
from fleet_payment_systems.tables import EventRow, WalletRow
from shared.clock import SystemClock
from shared.errors import Unavailable
from shared.tasks import TaskRow
from tests.fleet_payment_systems.desk import sample, token, vault
from tests.fleet_payment_systems.mailing import loaded, wake_gone
from tests.fleet_payment_systems.moving import TOKEN, WALLET, Moving, moving, old_item
from tests.support.clock import FakeClock
from tests.support.intrinsics import Json


@pytest.fixture(scope="module")
def module_house() -> Iterator[Moving]:
    with moving("1") as found:
        yield found


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> FakeClock:
    found = FakeClock()
    monkeypatch.setattr(SystemClock, "now", lambda _self: found.now())
    return found


@pytest.fixture
def here(module_house: Moving, clock: FakeClock) -> Moving:
    """In phase 1, with one wallet that only the old store has."""
    module_house.redis.client.flushall()
    for row in [*TaskRow.scan()]:
        row.delete()
    for line in [*EventRow.query(f"wallet#{WALLET}"), *WalletRow.query(WALLET)]:
        line.delete()
    module_house.phase("1")
    module_house.put(old_item())
    return module_house


def broken_second_store(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise Unavailable("storage_unavailable")

    monkeypatch.setattr(CopyStore, "copy", fail)


def test_a_write_whose_second_half_failed_is_told_503_and_repaired(
    here: Moving, monkeypatch: pytest.MonkeyPatch, clock: FakeClock
) -> None:
    seen = here.desk.get(WALLET)
    with monkeypatch.context() as broken:
        broken_second_store(broken)
        status, _body = here.desk.update(seen, title="Half")
    assert (status, here.own()) == (503, None)

    clock.advance(30)
    assert here.repair() == 1

    own = here.own()
    assert own is not None
    assert own.title == (here.old() or {})["Name"] == "Half"
    assert here.journal() == [(2, "copied")]


def test_a_write_that_went_well_leaves_a_repair_that_does_nothing(
    here: Moving, clock: FakeClock
) -> None:
    here.desk.update(here.desk.get(WALLET), title="Whole")
    before = here.journal()
    clock.advance(30)

    assert (here.repair(), here.repair()) == (1, 0)
    assert here.journal() == before == [(2, "updated")]


def test_a_repair_in_phase_four_copies_nothing(here: Moving, clock: FakeClock) -> None:
    here.desk.update(here.desk.get(WALLET), title="Whole")
    here.put((here.old() or {}) | {"Name": "Too late"})
    here.phase("4")
    clock.advance(30)

    assert (here.repair(), here.repair()) == (1, 0)
    own = here.own()
    assert own is not None
    assert own.title == "Whole"


def test_a_change_of_the_old_service_is_not_written_over(here: Moving) -> None:
    """A PATCH changes what it names, and what the old service wrote meanwhile stays."""
    seen = here.desk.get(WALLET)
    here.put(old_item(Password="pw-new-by-the-old-77"))

    status, _body = here.desk.update(seen, title="Ours")

    item = here.old() or {}
    assert (status, item["Name"], item["Password"]) == (200, "Ours", "pw-new-by-the-old-77")


def test_what_only_we_know_survives_the_old_service(here: Moving) -> None:
    limits = {"min": "1000.00", "daily": "20000.00"}
    here.desk.update(here.desk.get(WALLET), limits={"min": "1000", "daily": "20000"})
    here.put(old_item(Name="By the old service"))

    seen = here.desk.get(WALLET)

    assert (seen["title"], seen["limits"]) == ("By the old service", limits)


def test_a_deleted_wallet_goes_from_both_and_its_link_ends(here: Moving) -> None:
    here.desk.update(here.desk.get(WALLET), title="Known")
    assert here.enters(TOKEN)

    first, _body = here.desk.call("wallets_delete", wallet_id=WALLET)
    again, _body = here.desk.call("wallets_delete", wallet_id=WALLET)

    assert (first, again, here.old()) == (204, 204, None)
    assert not here.enters(TOKEN)
    assert here.desk.call("wallets_get", wallet_id=WALLET)[0] == 404


def test_a_revoked_link_of_the_old_service_is_taken_from_it_too(here: Moving) -> None:
    status, seen = here.desk.call("wallets_link_revoke", wallet_id=WALLET)

    assert (status, "link" in seen) == (200, False)
    assert "LinkHash" not in (here.old() or {})
    assert not here.enters(TOKEN)


def test_an_old_link_in_use_is_no_orphan(here: Moving) -> None:
    """Nobody knows when it was used last: a new one in its place would stop payments (L1)."""
    status, body = here.desk.call("wallets_link", wallet_id=WALLET)
    assert (status, body["code"]) == (409, "link_exists")


def test_a_repeated_create_finds_what_died_half_way(
    here: Moving, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as broken:
        broken_second_store(broken)
        assert here.desk.create(key="k-half")[0] == 503
    status, body = here.desk.create(key="k-half")

    made = [one for one in here.redis.client.hkeys("PaySystem:Items:park-7") if one != WALLET]
    assert (status, [body["wallet_id"]]) == (200, made)


def test_the_old_store_that_is_down_is_503_before_phase_3a(
    here: Moving, monkeypatch: pytest.MonkeyPatch
) -> None:
    here.desk.update(here.desk.get(WALLET), title="Known")
    seen = here.desk.get(WALLET)

    def down(*_: object) -> None:
        raise Unavailable("old_store_unavailable")

    monkeypatch.setattr(RedisWallets, "get", down)
    assert here.desk.call("wallets_get", wallet_id=WALLET)[0] == 503
    here.phase("3a")
    assert here.desk.get(WALLET) == seen
    assert here.desk.update(seen, title="Not both")[0] == 503


def test_phase_3a_tells_of_what_differs_and_answers_by_ours(
    here: Moving, capsys: pytest.CaptureFixture[str]
) -> None:
    here.desk.update(here.desk.get(WALLET), title="Ours")
    here.put((here.old() or {}) | {"Name": "Theirs", "Password": "pw-theirs-7777"})
    here.phase("3a")
    capsys.readouterr()

    assert here.desk.get(WALLET)["title"] == "Ours"
    _status, listed = here.desk.call("wallets_list")
    assert [one["title"] for one in listed["wallets"]] == ["Ours"]

    told = capsys.readouterr().out
    assert '"Result":"differs"' in told
    assert "pw-theirs-7777" not in told


def test_an_item_that_nobody_can_read_is_left_out(here: Moving) -> None:
    here.put(old_item(Id="odd", Type="Bitcoin"))
    status, body = here.desk.call("wallets_list")
    assert (status, [one["wallet_id"] for one in body["wallets"]]) == (200, [WALLET])
    assert here.desk.call("wallets_get", wallet_id="odd")[0] == 404


def test_a_new_wallet_is_written_as_the_old_service_writes_one(here: Moving) -> None:
    made = here.desk.wallet()["wallet_id"]
    item = here.old(made) or {}
    assert (item["Id"], item["Type"], item["Login"]) == (made, "UzPaynet", "park7")
    assert item["Password"] == sample("wallets_create")["credentials"]["password"]


def test_a_link_regenerated_takes_the_place_of_the_old_one_in_both(here: Moving) -> None:
    issued = here.desk.regenerate({"wallet_id": WALLET})
    assert here.enters(token(issued))
    assert not here.enters(TOKEN)
    assert "LinkHash" not in (here.old() or {})


def test_a_repair_goes_on_when_the_old_store_is_back(
    here: Moving, monkeypatch: pytest.MonkeyPatch, clock: FakeClock
) -> None:
    here.desk.update(here.desk.get(WALLET), title="Whole")
    clock.advance(30)

    def down(*_: object) -> None:
        raise Unavailable("old_store_unavailable")

    with monkeypatch.context() as broken:
        broken.setattr(RedisWallets, "get", down)
        here.repair()
    clock.advance(300)
    assert (here.repair(), here.repair()) == (1, 0)


def test_a_message_of_a_repair_that_is_done_does_nothing(here: Moving) -> None:
    assert wake_gone(here.desk, "repair_wallet")


def by_hand(here: Moving, function: str, **wish: object) -> Json:
    said = {"operator": "o.petrova", "reason": "a test", "dry_run": False, "wallet_id": WALLET}
    answer: Json = here.world.run(loaded(here.desk, f"ops.{function}"), said | wish)
    return answer


def test_a_wallet_that_an_operator_stopped_the_old_service_cannot_start(here: Moving) -> None:
    here.desk.update(here.desk.get(WALLET), title="Known")
    by_hand(here, "stop_wallets")
    assert (here.old() or {})["IsEnabled"] is False

    here.put((here.old() or {}) | {"IsEnabled": True})
    assert here.desk.get(WALLET)["enabled"] is False
    here.migrate_all(action="import", dry_run=False)
    own = here.own()
    assert own is not None
    assert (own.enabled, own.stopped) == (False, "wallet")


def test_an_operator_ends_links_in_both(here: Moving) -> None:
    here.desk.update(here.desk.get(WALLET), title="Known")
    by_hand(here, "revoke_links")
    assert not here.enters(TOKEN)
    assert "LinkHash" not in (here.old() or {})


def test_a_rotated_password_is_in_both_and_the_one_before_stays_good(here: Moving) -> None:
    here.desk.update(here.desk.get(WALLET), title="Known")
    by_hand(here, "rotate_credentials", fields={"password": "pw-rotated-7777"})

    own = here.own()
    assert (here.old() or {})["Password"] == "pw-rotated-7777"
    assert own is not None
    assert own.overlap is not None
    context = {"table": "wallets", "wallet_id": WALLET, "field": "password"}
    opened = [
        vault().open(one, context).reveal()
        for one in (own.credentials["password"], own.overlap.credentials["password"])
    ]
    assert opened == ["pw-rotated-7777", "pw-old-secret-77"]
