"""The two old configs (QP-10), as JSON objects by the ids that they had.

IIKO_INTEGRATION_RESTAURANT_GROUP_INFO: {"<group id>": {what a new group has, "enabled"?,
"api_key_hash"?}}. IIKO_INTEGRATION_RESTAURANT_INFO: {"<the till's restaurant id>": {what a new
restaurant has without `external_id`, "group": "<group id>", "enabled"?}}. Nothing is guessed: a
field that is missing, malformed or not known here is a problem of its row, and its row is left out.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Self, TypeVar

from pydantic import ConfigDict, Field, TypeAdapter, ValidationError

from qr_partners.model.legacy import OldConfigs, OldGroup, OldRestaurant, Problem
from qr_partners.schema.authored import Authored, Id
from qr_partners.schema.restaurants import Group, Overrides, Place
from qr_partners.use_cases.importing import Report
from shared.errors import Refused
from shared.wire import Answer

W = TypeVar("W", "GroupInfo", "RestaurantInfo")
R = TypeVar("R")
_CLOSED = ConfigDict(strict=True, extra="forbid", frozen=True)
_ID: TypeAdapter[str] = TypeAdapter(Id)


class GroupInfo(Group):
    """The hash is read to be let go: see use_cases.importing."""

    model_config = _CLOSED

    enabled: bool = True
    api_key_hash: str | None = Field(default=None, repr=False)

    def to_group(self, old_id: str) -> OldGroup:
        return OldGroup(old_id, self.name, self.to_terms(), self.enabled)


class RestaurantInfo(Place):
    model_config = _CLOSED

    group: Id
    enabled: bool = True
    overrides: Overrides = Overrides()

    def to_restaurant(self, old_id: str) -> OldRestaurant:
        overrides = self.overrides.to_overrides()
        return OldRestaurant(self.group, self.to_profile(old_id), overrides, self.enabled)


def read(groups: Mapping[str, Any], restaurants: Mapping[str, Any]) -> OldConfigs:
    """Every row that can be taken, and every problem of every other."""
    problems: list[Problem] = []
    entities = _rows("groups", groups, GroupInfo, GroupInfo.to_group, problems)
    places = _rows(
        "restaurants", restaurants, RestaurantInfo, RestaurantInfo.to_restaurant, problems
    )
    return OldConfigs(list(entities), list(places), problems)


def _rows(
    config: str,
    found: Mapping[str, Any],
    kind: type[W],
    convert: Callable[[W, str], R],
    problems: list[Problem],
) -> Iterator[R]:
    for old_id, row in found.items():
        where = f"{config}.{old_id}"
        try:
            yield convert(kind.model_validate(row), _ID.validate_python(old_id))
        except ValidationError as problem:
            for error in problem.errors(include_url=False, include_input=False):
                field = ".".join(str(part) for part in error["loc"])
                problems.append(Problem(where, field, error["type"]))
        except Refused as problem:
            problems.append(Problem(where, str(problem.details["field"]), problem.code))


class Import(Authored):
    """A body has at most 64 KB: bigger configs come in parts, a group before its restaurants."""

    groups: dict[str, Any]
    restaurants: dict[str, Any]
    dry_run: bool


class ImportProblem(Answer):
    where: str
    field: str
    problem: str


class ImportLine(Answer):
    where: str
    outcome: str
    id: str


class Imported(Answer):
    """In a dry run `id` of what is not there yet is made up."""

    dry_run: bool
    rows: list[ImportLine]
    problems: list[ImportProblem]
    new_keys_needed: list[str]

    @classmethod
    def of(cls, report: Report, dry_run: bool) -> Self:
        return cls(
            dry_run=dry_run,
            rows=[
                ImportLine(where=line.where, outcome=line.outcome, id=line.object_id)
                for line in report.lines
            ],
            problems=[
                ImportProblem(where=each.where, field=each.field, problem=each.problem)
                for each in report.problems
            ],
            new_keys_needed=report.new_keys_needed,
        )
