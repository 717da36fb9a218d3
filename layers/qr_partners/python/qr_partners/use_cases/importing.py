"""The two old configs become groups and restaurants (QP-10), as often as it takes."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from functools import partial

from qr_partners.model import Group, Partner
from qr_partners.model.changes import Actor, Mark, Opening, external_name, legacy_name
from qr_partners.model.legacy import OldConfigs, OldGroup, OldRestaurant, Problem
from qr_partners.ports import OpeningStore, PartnerStore, Taken
from qr_partners.use_cases.partners import Partners
from shared.clock import Clock
from shared.errors import Conflict, Refused


class Outcome(StrEnum):
    CREATED = "created"
    UNCHANGED = "unchanged"
    # Kept as it is here: somebody changed it since, on one side or the other.
    DIFFERS = "differs"


@dataclass(frozen=True, slots=True)
class Line:
    """What became of one row: "groups.<old id>" or "restaurants.<old id>"."""

    where: str
    outcome: Outcome
    object_id: str


@dataclass(frozen=True, slots=True)
class Report:
    """`new_keys_needed`: groups, by their old ids, that no till can call for yet."""

    lines: list[Line]
    problems: list[Problem]
    new_keys_needed: list[str]


class Rehearsal:
    """Serves ports.OpeningStore, reads what is there and keeps what is new to itself."""

    def __init__(self, store: OpeningStore) -> None:
        self._store = store
        self._groups: dict[str, Group] = {}
        self._marks: dict[str, Mark] = {}

    def group(self, group_id: str) -> Group | None:
        return self._groups.get(group_id) or self._store.group(group_id)

    def partner(self, partner_id: str) -> Partner | None:
        return self._store.partner(partner_id)

    def mark(self, name: str) -> Mark | None:
        return self._marks.get(name) or self._store.mark(name)

    def open(self, opening: Opening) -> None:
        for claim, mark in opening.claims():
            if self.mark(mark.name) is not None:
                raise Taken(claim)
        self._marks |= {mark.name: mark for _, mark in opening.claims()}
        self._groups[opening.group.group_id] = opening.listing()


@dataclass(frozen=True, slots=True)
class Importing:
    """A row that is here already is left as it is, so a run that was cut off is run again."""

    store: PartnerStore
    clock: Clock

    def import_configs(self, old: OldConfigs, by: Actor, *, dry_run: bool) -> Report:
        """Imports every row without a problem; a rehearsal reports the same and writes nothing."""
        shelf = Rehearsal(self.store) if dry_run else self.store
        run = _Run(shelf, Partners(shelf, self.clock), by, [], list(old.problems))
        for group in old.groups:
            run.attempt(f"groups.{group.old_id}", partial(run.group, group))
        for restaurant in old.restaurants:
            where = f"restaurants.{restaurant.profile.external_id}"
            run.attempt(where, partial(run.restaurant, restaurant))
        return Report(run.lines, run.problems, self._keyless(old, shelf))

    def _keyless(self, old: OldConfigs, shelf: OpeningStore) -> list[str]:
        """An old hash is of no use: the key it is of carries no id by which to find it here."""
        marks = {group.old_id: shelf.mark(legacy_name(group.old_id)) for group in old.groups}
        return [
            old_id
            for old_id, mark in marks.items()
            if mark is not None and not self.store.keys(mark.owner, None, 1)
        ]


@dataclass(frozen=True, slots=True)
class _Run:
    """One import; `shelf` is the store or its rehearsal."""

    shelf: OpeningStore
    partners: Partners
    by: Actor
    lines: list[Line]
    problems: list[Problem]

    def attempt(self, where: str, bring: Callable[[], tuple[Outcome, str]]) -> None:
        try:
            self.lines.append(Line(where, *bring()))
        except (Conflict, Refused) as problem:
            field = str(problem.details.get("field", ""))
            self.problems.append(Problem(where, field, problem.code))

    def group(self, old: OldGroup) -> tuple[Outcome, str]:
        name = legacy_name(old.old_id)
        mark = self.shelf.mark(name)
        found = None if mark is None else self.shelf.group(mark.owner)
        if found is None:
            made = self.partners.create_group(
                old.name, old.terms, by=self.by, request=Mark(name), enabled=old.enabled
            )
            return Outcome.CREATED, made.group_id
        same = (found.name, found.terms, found.enabled) == (old.name, old.terms, old.enabled)
        return Outcome.UNCHANGED if same else Outcome.DIFFERS, found.group_id

    def restaurant(self, old: OldRestaurant) -> tuple[Outcome, str]:
        mark = self.shelf.mark(legacy_name(old.old_group_id))
        if mark is None:
            raise Refused("group_not_imported", field="group")
        group_id, external_id = mark.owner, old.profile.external_id
        claim = self.shelf.mark(external_name(group_id, external_id))
        found = None if claim is None else self.shelf.partner(claim.owner)
        if found is None:
            made = self.partners.create_partner(
                group_id, old.profile, old.overrides, by=self.by, enabled=old.enabled
            )
            return Outcome.CREATED, made.partner.partner_id
        wanted = (old.profile, old.overrides, old.enabled)
        same = (found.profile, found.overrides, found.enabled) == wanted
        return Outcome.UNCHANGED if same else Outcome.DIFFERS, found.partner_id
