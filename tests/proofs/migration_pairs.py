"""Two at once on one wallet in two stores, in the orders of their calls that matter."""

from collections.abc import Callable, Sequence
from typing import Final

from fleet_payment_systems.model import Wallet
from shared.errors import AppError
from tests.fleet_payment_systems.moving import PARK, WALLET
from tests.proofs.fleet_flows import ALL
from tests.proofs.migration_house import BY, House
from tests.support.interleave import Exploration, explore_reduced
from tests.support.stage import Outcome

Actor = Callable[[], object]
Check = Callable[[Sequence[Outcome]], object]
Pair = Callable[[House], tuple[list[Actor], Check]]


def _told(act: Callable[[], object]) -> Actor:
    """What a caller is told: the wallet, or the code of the refusal."""

    def told() -> object:
        try:
            return act()
        except AppError as refusal:
            return refusal.code

    return told


def _update(house: House, title: str) -> Actor:
    return _told(lambda: house.update(title, 1))


def _import(house: House) -> Actor:
    return lambda: house.book.copies.copy(PARK, WALLET)


def _old_service(house: House) -> Actor:
    return lambda: house.old_service_writes(Name="By the old service")


def _succeeded(outcome: Outcome) -> bool:
    return isinstance(outcome.result(), Wallet)


def _alike(house: House) -> None:
    house.repair()
    house.check_alike()


def _title(house: House) -> str:
    own = house.own()
    assert own is not None
    return own.title


def update_update(house: House) -> tuple[list[Actor], Check]:
    """One of the same revision wins, and is what both stores have."""

    def check(outcomes: Sequence[Outcome]) -> None:
        won = [title for title, one in zip("AB", outcomes, strict=True) if _succeeded(one)]
        assert len(won) == 1
        _alike(house)
        assert _title(house) == won[0]
        assert house.journal(WALLET)[2] == "updated"

    return [_update(house, "A"), _update(house, "B")], check


def update_import(house: House) -> tuple[list[Actor], Check]:
    house.old_service_writes(Name="By the old service")

    def check(outcomes: Sequence[Outcome]) -> None:
        done = _succeeded(outcomes[0])
        # As told the revision was 1; once imported it is another.
        assert done or outcomes[0].result() == "stale_rev"
        _alike(house)
        assert _title(house) == ("A" if done else "By the old service")

    return [_update(house, "A"), _import(house)], check


def update_of_uncopied_import(house: House) -> tuple[list[Actor], Check]:
    """The first import of a wallet beside its first write."""
    state = house.aws.snapshot()
    for rows in state.rows.values():
        rows.clear()
    house.aws.restore(state)
    house.old_service_writes()
    return _update_beside(house, _import(house))


def _update_beside(house: House, other: Actor) -> tuple[list[Actor], Check]:
    def check(outcomes: Sequence[Outcome]) -> None:
        _alike(house)
        if _succeeded(outcomes[0]):
            assert _title(house) == "A"
            own = house.own()
            assert own is not None
            assert "updated" in house.journal(WALLET).values()

    return [_update(house, "A"), other], check


def update_old_service(house: House) -> tuple[list[Actor], Check]:
    """The old service knows no revisions: the last one to write has it, nobody is torn."""

    def check(outcomes: Sequence[Outcome]) -> None:
        house.book.copies.copy(PARK, WALLET)
        _alike(house)
        assert _title(house) in ("A", "By the old service")
        if not _succeeded(outcomes[0]):
            assert _title(house) == "By the old service"

    return [_update(house, "A"), _old_service(house)], check


def import_old_service(house: House) -> tuple[list[Actor], Check]:
    def check(_outcomes: Sequence[Outcome]) -> None:
        house.book.copies.copy(PARK, WALLET)
        _alike(house)
        assert _title(house) == "By the old service"

    return [_import(house), _old_service(house)], check


def import_import(house: House) -> tuple[list[Actor], Check]:
    house.old_service_writes(Name="By the old service")

    def check(_outcomes: Sequence[Outcome]) -> None:
        _alike(house)
        assert _title(house) == "By the old service"

    return [_import(house), _import(house)], check


def update_repair(house: House) -> tuple[list[Actor], Check]:
    """The repair of a write that has died, while the next one is at work."""
    house.old_service_writes(Name="By the old service", Payments=None)
    return _update_beside(house, house.book_repair(WALLET))


def revoke_update(house: House) -> tuple[list[Actor], Check]:
    """Whatever a slower write copies: a link whose revoke was told stays revoked (L3)."""

    def check(outcomes: Sequence[Outcome]) -> None:
        own = house.own()
        assert own is not None
        if _succeeded(outcomes[0]):
            assert not any(link.active(house.aws.clock.now()) for link in own.links)
        _alike(house)

    return [_told(lambda: house.links.revoke(BY, WALLET)), _update(house, "A")], check


def delete_update(house: House) -> tuple[list[Actor], Check]:
    def check(outcomes: Sequence[Outcome]) -> None:
        _alike(house)
        own = house.own()
        assert own is not None
        assert own.deleted_at is not None
        assert house.old() is None

    return [_told(lambda: house.wallets.delete(BY, WALLET)), _update(house, "A")], check


def create_create(house: House) -> tuple[list[Actor], Check]:
    """The same request twice at once."""

    def check(outcomes: Sequence[Outcome]) -> None:
        _alike(house)
        made = {one for one in house.own_ids() if one != WALLET}
        told = {one.result().wallet_id for one in outcomes if _succeeded(one)}  # type: ignore[attr-defined]
        assert len(made) == 1
        assert told == made

    return [_told(house.create), _told(house.create)], check


def last_phase_before(house: House) -> tuple[list[Actor], Check]:
    """Phase 4 is being deployed: a function of it writes beside one that is still in 3a."""

    def check(outcomes: Sequence[Outcome]) -> None:
        assert _succeeded(outcomes[0]) or _succeeded(outcomes[1])
        if _succeeded(outcomes[0]):
            assert _title(house) == "Late"
        house.late_repair()
        if _succeeded(outcomes[0]):
            assert _title(house) == "Late"

    late = _told(lambda: house.update("Late", _rev(house), house.late))
    return [late, _update(house, "A")], check


def _rev(house: House) -> int:
    own = house.own()
    assert own is not None
    return own.rev


QUICK: Final = (
    *(update_update, update_import, update_old_service, import_old_service),
    *(import_import, update_repair, revoke_update, last_phase_before),
)
PAIRS: Final = (*QUICK, update_of_uncopied_import, delete_update, create_create) if ALL else QUICK


def race(house: House, pair: Pair) -> Exploration:
    empty = house.snapshot()
    actors, check = pair(house)
    start = house.snapshot()
    try:
        return explore_reduced(actors, prepare=lambda: house.restore(start), check=check)
    finally:
        house.restore(empty)
