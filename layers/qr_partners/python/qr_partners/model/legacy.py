"""Rows of the two old configs, as far as they could be read (QP-10)."""

from dataclasses import dataclass

from qr_partners.model import Overrides, Profile, Terms


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a row of the old configs cannot be taken; `where` is "groups.<old id>" or the like."""

    where: str
    field: str
    problem: str


@dataclass(frozen=True, slots=True)
class OldGroup:
    old_id: str
    name: str
    terms: Terms
    enabled: bool


@dataclass(frozen=True, slots=True)
class OldRestaurant:
    """Its id in the old config is the till's, so it becomes `profile.external_id`."""

    old_group_id: str
    profile: Profile
    overrides: Overrides
    enabled: bool


@dataclass(frozen=True, slots=True)
class OldConfigs:
    groups: list[OldGroup]
    restaurants: list[OldRestaurant]
    problems: list[Problem]
