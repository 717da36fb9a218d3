"""What is written while wallets are in two stores, with a fault at any call of AWS or of Redis."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from shared.errors import AppError, Unavailable
from tests.fleet_payment_systems.moving import PARK, WALLET
from tests.proofs.fleet_flows import ALL, ALL_KINDS, QUICK_KINDS
from tests.proofs.migration_house import BY, House
from tests.support.crash import Report, enumerate_crashes

Steps = Callable[[House], object]


@dataclass(frozen=True, slots=True)
class Flow:
    """`before` leads to the start, `act` meets the fault, `after` is who asks again."""

    name: str
    before: Steps
    act: Steps
    after: Steps
    check: Steps


def _nothing(_house: House) -> None:
    """The house is as it was left."""


def _insist(wanted: Callable[[House], object]) -> Steps:
    """Whoever was told 503 asks again; a refusal is an answer."""

    def act(house: House) -> None:
        for _ in range(4):
            try:
                wanted(house)
                return
            except Unavailable:
                continue
            except AppError:
                return

    return act


def _titled(title: str) -> Steps:
    def check(house: House) -> None:
        own, old = house.own(), house.old()
        assert own is not None
        assert old is not None
        assert own.title == old["Name"] == title
        assert old["Password"] == f"pw of {title} 7777"
        assert own.rev in house.journal(WALLET)

    return check


def _created_once(house: House) -> None:
    found = [one for one in house.own_ids() if one != WALLET]
    assert len(found) == 1
    made = found[0]
    assert house.old(made) is not None
    assert [*house.journal(made)] == [1]


def _gone(house: House) -> None:
    own = house.own()
    assert house.old() is None
    assert own is not None
    assert own.deleted_at is not None
    assert not any(link.active(house.aws.clock.now()) for link in own.links)


def _revoked(house: House) -> None:
    own, old = house.own(), house.old()
    assert own is not None
    assert old is not None
    assert not any(link.active(house.aws.clock.now()) for link in own.links)
    assert "LinkHash" not in old


def _one_link(house: House) -> None:
    own = house.own()
    assert own is not None
    active = [link for link in own.links if link.active(house.aws.clock.now())]
    assert [link.link_id.startswith("old-") for link in active] == [False]


def _followed(house: House) -> None:
    own, old = house.own(), house.old()
    assert own is not None
    assert old is not None
    assert own.title == old["Name"] == "By the old service"
    assert old["Payments"]["rev"] == own.rev


def _update(house: House) -> object:
    return house.update("Ours", 1)


def _delete(house: House) -> object:
    return house.wallets.delete(BY, WALLET)


def _copy(house: House) -> object:
    return house.book.copies.copy(PARK, WALLET)


def _revoke(house: House) -> object:
    return house.links.revoke(BY, WALLET)


def _link(house: House) -> object:
    return house.links.generate(BY, WALLET)


def _changed_by_the_old_service(house: House) -> None:
    house.old_service_writes(Name="By the old service")


def _half_updated(house: House) -> None:
    """The process dies behind Redis: what is left is the repair."""
    store = house.book.copies.store

    def die(*_: object) -> None:
        raise Unavailable("storage_unavailable")

    original = type(store).copy
    type(store).copy = die  # type: ignore[method-assign, assignment]
    try:
        _insist(_update)(house)
    finally:
        type(store).copy = original  # type: ignore[method-assign]


FLOWS: Final = (
    Flow("create", _nothing, House.create, _insist(House.create), _created_once),
    Flow("update", _nothing, _update, _insist(_update), _titled("Ours")),
    Flow("revoke", _nothing, _revoke, _insist(_revoke), _revoked),
    Flow("link", _revoke, _link, _insist(_link), _one_link),
    Flow("delete", _nothing, _delete, _insist(_delete), _gone),
    Flow("import", _changed_by_the_old_service, _copy, _insist(_copy), _followed),
    Flow("repair", _half_updated, House.repair, House.repair, _titled("Ours")),
)


def crash(house: House, flow: Flow) -> Report:
    """`flow` with a fault at each of its calls; afterwards both stores are alike."""
    empty = house.snapshot()
    flow.before(house)
    start = house.snapshot()

    def recover() -> None:
        flow.after(house)
        house.repair()

    def check() -> None:
        house.check_alike()
        flow.check(house)

    try:
        return enumerate_crashes(
            lambda: flow.act(house),
            prepare=lambda: house.restore(start),
            recover=recover,
            check=check,
            kinds=ALL_KINDS if ALL else QUICK_KINDS,
        )
    finally:
        house.restore(empty)
