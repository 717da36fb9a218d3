"""Wire models of admin/update (QP-05): a merge patch of what the object is now."""

from collections.abc import Iterator, Mapping
from dataclasses import fields, replace
from typing import Annotated, Any, Self, TypeVar

from pydantic import ConfigDict, Field, model_validator

from qr_partners import model
from qr_partners.model.changes import Changes
from qr_partners.schema import FullPartner
from qr_partners.schema.authored import Authored, Id
from qr_partners.schema.restaurants import Group, Overrides, Place
from shared.clock import to_iso
from shared.http import validated
from shared.wire import Answer, Wire

W = TypeVar("W", bound=Wire)
# An unknown name would be a wish that nobody hears.
_CLOSED = ConfigDict(strict=True, extra="forbid", frozen=True)


class PartnerState(Place):
    model_config = _CLOSED

    overrides: Overrides
    enabled: bool


class GroupState(Group):
    model_config = _CLOSED

    enabled: bool


class Update(Authored):
    """`set` is a JSON merge patch (RFC 7396) of the partner's or the group's own fields, named as
    in admin/create; null takes a value away. `rev` is the revision that the author saw.
    """

    partner_id: Id | None = None
    group_id: Id | None = None
    rev: Annotated[int, Field(ge=1)]
    set: Annotated[dict[str, Any], Field(min_length=1)]

    @model_validator(mode="after")
    def _one_object(self) -> Self:
        if (self.partner_id is None) == (self.group_id is None):
            raise ValueError("partner_id or group_id")
        return self

    def edit_partner(self, partner: model.Partner) -> tuple[model.Partner, Changes]:
        """Raises InvalidRequest validation_failed, Refused bad_terms."""
        state, changes = _patched(PartnerState, _partner_state(partner), self.set)
        edited = replace(
            partner,
            profile=state.to_profile(partner.profile.external_id),
            overrides=state.overrides.to_overrides(),
            enabled=state.enabled,
        )
        return edited, changes

    def edit_group(self, group: model.Group) -> tuple[model.Group, Changes]:
        """Raises InvalidRequest validation_failed, Refused bad_terms."""
        state, changes = _patched(GroupState, _group_state(group), self.set)
        edited = replace(group, name=state.name, terms=state.to_terms(), enabled=state.enabled)
        return edited, changes


class GroupView(Answer):
    group_id: str
    name: str
    enabled: bool
    rev: int
    updated_at: str
    partner_ids: list[str]
    terms: dict[str, Any]

    @classmethod
    def of(cls, group: model.Group) -> Self:
        return cls(
            group_id=group.group_id,
            name=group.name,
            enabled=group.enabled,
            rev=group.rev,
            updated_at=to_iso(group.updated_at),
            partner_ids=list(group.partner_ids),
            terms=_terms(group.terms),
        )


class Updated(Answer):
    partner: FullPartner | None = None
    group: GroupView | None = None


def _patched(kind: type[W], now: dict[str, Any], patch: Mapping[str, Any]) -> tuple[W, Changes]:
    """The state as wished, and old and new value of each field that differs."""
    before = validated(kind, now)
    after = validated(kind, merged(now, patch))
    old, new = (dict(_flat(state.model_dump(exclude_none=True))) for state in (before, after))
    names = sorted(name for name in old.keys() | new.keys() if old.get(name) != new.get(name))
    return after, {name: [old.get(name), new.get(name)] for name in names}


def merged(target: object, patch: object) -> Any:
    """RFC 7396."""
    if not isinstance(patch, dict):
        return patch
    found = dict(target) if isinstance(target, dict) else {}
    for name, value in patch.items():
        if value is None:
            found.pop(name, None)
        else:
            found[name] = merged(found.get(name), value)
    return found


def _flat(state: Mapping[str, Any], path: str = "") -> Iterator[tuple[str, Any]]:
    for name, value in state.items():
        if isinstance(value, dict) and name != "schedule":
            yield from _flat(value, f"{path}{name}.")
        else:
            yield f"{path}{name}", value


def _partner_state(partner: model.Partner) -> dict[str, Any]:
    profile, (lat, lon) = partner.profile, partner.profile.point.degrees
    schedule = profile.schedule
    return _known(
        name=profile.name,
        address=_of(profile.address),
        lat=lat,
        lon=lon,
        timezone=profile.timezone,
        pos_system=profile.pos_system,
        place_id=profile.place_id or None,
        region_id=profile.region_id,
        logo_key=profile.logo_key,
        fiscal_place=profile.fiscal_place,
        contacts=_of(profile.contacts),
        schedule=schedule and {day: list(spans) for day, spans in schedule.days.items()},
        tables=list(profile.tables),
        overrides=_terms(partner.overrides),
        enabled=partner.enabled,
    )


def _group_state(group: model.Group) -> dict[str, Any]:
    return {"name": group.name, "enabled": group.enabled, **_terms(group.terms)}


def _terms(terms: model.Terms | model.Overrides) -> dict[str, Any]:
    found = _of(terms)
    if terms.commission_rate is not None:
        found["commission_rate"] = format(terms.commission_rate, "f")
    if terms.cashback is not None:
        rate = format(terms.cashback.rate, "f")
        found["cashback"] = {"rate": rate, "max": str(terms.cashback.max)}
    if terms.settings is not None:
        found["settings"] = _of(terms.settings)
    return found


def _of(value: Any) -> dict[str, Any]:
    return _known(**{field.name: getattr(value, field.name) for field in fields(value)})


def _known(**values: Any) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}
