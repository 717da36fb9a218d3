"""SPEC C.1, 14: a park's wallets move out of the old store in phases, and its link goes on."""

import pytest

from shared.clock import SystemClock
from tests.fleet_payment_systems.desk import token
from tests.fleet_payment_systems.moving import TOKEN, WALLET, Moving, moving, old_item
from tests.support.clock import FakeClock
from tests.support.redis_server import needs_redis


def in_both(here: Moving, wallet_id: str = WALLET) -> tuple[object, object]:
    """The title in the old store, and in ours."""
    old, own = here.old(wallet_id), here.own(wallet_id)
    return old and old["Name"], own and own.deleted_at is None and own.title


@needs_redis
def test_wallets_move_phase_by_phase(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = FakeClock()
    monkeypatch.setattr(SystemClock, "now", lambda _self: clock.now())
    with moving("1") as here:
        here.put(old_item())
        old_service_changes_and_we_follow(here, clock)
        imported(here)
        read_from_ours_and_compared(here, clock)
        ours_alone(here)


def old_service_changes_and_we_follow(here: Moving, clock: FakeClock) -> None:
    """Phases 1 and 2: the old store is read, a write goes to both."""
    seen = here.desk.get(WALLET)
    assert (seen["title"], seen["credentials"]["password"]) == ("Paynet Tashkent", "***")
    assert here.own() is None

    status, seen = here.desk.update(seen, title="Paynet, phase 1")
    assert (status, in_both(here)) == (200, ("Paynet, phase 1", "Paynet, phase 1"))

    here.put((here.old() or {}) | {"Name": "By the old service"})
    assert here.desk.get(WALLET)["title"] == "By the old service"

    here.phase("2")
    made = here.desk.wallet(key="k-1")
    link = token(here.desk.link(made))
    assert in_both(here, made["wallet_id"]) == (made["title"], made["title"])
    assert here.enters(link)
    clock.advance(31)
    assert here.repair() == 2


def imported(here: Moving) -> None:
    """Phase 3: what nobody has written since is copied, and the two are compared."""
    here.phase("3")
    other = old_item(Id="legacy-2", LinkHash=None, LinkToken="a-link-in-plain-text-0123456789")
    here.put(other)
    here.put((here.old() or {}) | {"Name": "Once more by the old service"})

    assert here.migrate_all(action="import") == {"changed": 1, "same": 1, "new": 1}
    assert here.own("legacy-2") is None
    assert here.migrate_all(action="import", dry_run=False) == {"changed": 1, "same": 1, "new": 1}
    assert here.migrate_all(action="import", dry_run=False) == {"same": 3}
    assert here.migrate_all(action="compare") == {"same": 3}
    assert in_both(here) == ("Once more by the old service",) * 2
    assert here.enters(TOKEN)
    assert here.enters("a-link-in-plain-text-0123456789")
    assert not here.enters(f"{TOKEN}x")


def read_from_ours_and_compared(here: Moving, clock: FakeClock) -> None:
    """Phase 3a: ours is read and compared, both are written; a step back finds everything."""
    here.phase("3a")
    _status, seen = here.desk.update(here.desk.get(WALLET), title="Paynet, phase 3a")
    assert in_both(here) == ("Paynet, phase 3a", "Paynet, phase 3a")

    here.phase("3")
    assert here.desk.get(WALLET) == seen
    here.phase("3a")
    clock.advance(31)
    assert here.repair() == 1
    assert here.migrate_all(action="compare") == {"same": 3}
    assert [one["wallet_id"] for one in here.desk.call("wallets_list")[1]["wallets"]]


def ours_alone(here: Moving) -> None:
    """Phase 4: the old store is out of it, the old link goes on until it is revoked."""
    here.phase("4")
    before = here.old()
    status, seen = here.desk.update(here.desk.get(WALLET), title="Ours alone")
    assert (status, here.old()) == (200, before)
    assert seen["credentials"]["password"] == "***"
    assert here.enters(TOKEN)

    assert here.desk.call("wallets_link_revoke", wallet_id=WALLET)[0] == 200
    assert not here.enters(TOKEN)
