"""qr_partners.use_cases on a real store: groups, restaurants, keys."""

import re
from dataclasses import replace
from decimal import Decimal

import pytest

from qr_partners.model import Cashback, Environment, Overrides
from qr_partners.model.changes import Opening
from qr_partners.store import DynamoPartnerStore
from qr_partners.tables import AuditRow, ClaimRow, GroupRow, KeyRow, PartnerRow
from qr_partners.use_cases import Grants, Partners, partners
from shared.errors import AppError, Conflict, NotAuthorized, NotFound, Refused, Unavailable
from shared.keys import Peppers
from shared.money import Money
from tests.qr_partners.samples import PEPPERS, PROFILE, TERMS, Town
from tests.support.aws_world import World
from tests.support.clock import FakeClock


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def town(world: World, clock: FakeClock) -> Town:
    return Town(clock)


def everything() -> list[str]:
    tables = (GroupRow, PartnerRow, KeyRow, ClaimRow, AuditRow)
    return [str(row.serialize()) for table in tables for row in table.scan()]


def test_a_group_lists_its_restaurants_in_the_order_of_their_making(town: Town) -> None:
    made = [town.restaurant("r1"), town.restaurant("r2")]

    group = town.store.group(town.group_id)

    assert group is not None
    assert (list(group.partner_ids), group.rev) == (made, 3)


def test_a_restaurant_has_its_groups_terms_until_it_has_its_own(town: Town) -> None:
    own = town.restaurant("r2", commission_rate=Decimal("0.01"), legal_name="ООО «Другое»")

    terms = town.partners.get(own).terms

    assert terms == replace(town.terms, commission_rate=Decimal("0.01"), legal_name="ООО «Другое»")


def test_an_external_id_is_taken_once_in_a_group(town: Town) -> None:
    town.restaurant("r1")
    before = everything()

    with pytest.raises(Conflict, match="external_id_taken"):
        town.restaurant("r1")

    assert everything() == before


def test_another_group_may_use_the_same_external_id(town: Town, clock: FakeClock) -> None:
    first = town.restaurant("r1")

    assert Town(clock).restaurant("r1") != first


class _Crowded(DynamoPartnerStore):
    """Before each of the first `rivals` writes somebody else adds a restaurant."""

    def __init__(self, town: Town, rivals: int) -> None:
        self._town = town
        self._rivals = rivals

    def open(self, opening: Opening) -> None:
        if self._rivals:
            self._rivals -= 1
            self._town.restaurant(f"rival-{self._rivals}")
        super().open(opening)


def test_two_restaurants_at_once_are_both_listed(town: Town, clock: FakeClock) -> None:
    made = Partners(_Crowded(town, rivals=1), clock).create_partner(town.group_id, PROFILE)

    group = town.store.group(town.group_id)

    assert group is not None
    assert len(group.partner_ids) == 2
    assert made.partner.partner_id in group.partner_ids


def test_endless_contention_is_unavailable_and_writes_nothing(town: Town, clock: FakeClock) -> None:
    crowded = Partners(_Crowded(town, rivals=100), clock)

    with pytest.raises(Unavailable):
        crowded.create_partner(town.group_id, replace(PROFILE, external_id="late"))

    assert not any("'late'" in row for row in everything())


def test_a_full_group_takes_no_more(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(partners, "GROUP_PARTNERS_MAX", 1)
    town.restaurant("r1")

    with pytest.raises(Refused, match="group_full"):
        town.restaurant("r2")


DOLLARS = Cashback(Decimal("0.05"), Money(100, "USD"))
BAD_TERMS = {
    "currency of cashback": Overrides(cashback=DOLLARS),
    "currency alone": Overrides(currency="USD"),
    "unknown currency": Overrides(currency="XXX"),
    "commission of 100 %": Overrides(commission_rate=Decimal(1)),
    "negative share": Overrides(commission_rate=Decimal("-0.01")),
    "endless order": Overrides(settings=replace(TERMS.settings, order_ttl_min=100_000)),
    "hasty expiry": Overrides(settings=replace(TERMS.settings, activity_timeout_sec=1)),
}


@pytest.mark.parametrize("kind", BAD_TERMS)
def test_terms_that_no_order_could_carry_are_refused(town: Town, kind: str) -> None:
    before = everything()

    with pytest.raises(Refused, match="bad_terms"):
        town.partners.create_partner(town.group_id, PROFILE, BAD_TERMS[kind])

    assert everything() == before


def test_a_restaurant_may_have_another_currency_with_its_cashback(town: Town) -> None:
    partner_id = town.restaurant("r1", currency="USD", cashback=DOLLARS)
    assert town.partners.get(partner_id).terms.cashback.max == Money(100, "USD")


@pytest.mark.parametrize("timezone", ["Moscow", "", "../etc/passwd"])
def test_an_unknown_timezone_is_refused(town: Town, timezone: str) -> None:
    with pytest.raises(Refused, match="bad_timezone"):
        town.partners.create_partner(town.group_id, replace(PROFILE, timezone=timezone))


def test_a_restaurant_of_no_group_is_refused(town: Town) -> None:
    with pytest.raises(NotFound, match="group_not_found"):
        town.partners.create_partner("g_none", PROFILE)


@pytest.mark.parametrize("environment", Environment)
def test_a_key_says_its_environment_and_id(town: Town, environment: Environment) -> None:
    text, key = town.api_keys.issue_key(town.group_id, environment)

    pattern = rf"qrp_{environment}_{key.stored.key_id}_[A-Za-z0-9_-]{{43}}"
    assert re.fullmatch(pattern, text.reveal())


def test_no_table_holds_the_text_of_a_key(town: Town) -> None:
    secret = town.key().split("_", 3)[3]
    assert not any(secret in row or secret[:12] in row for row in everything())


@pytest.mark.parametrize(("group_id", "partner_ids"), [("g_none", None), ("", ("p_foreign",))])
def test_a_key_to_what_the_group_has_not_is_refused(
    town: Town, group_id: str, partner_ids: tuple[str, ...] | None
) -> None:
    before = everything()

    with pytest.raises(NotFound):
        town.api_keys.issue_key(group_id or town.group_id, Environment.LIVE, partner_ids)

    assert everything() == before


def test_an_old_key_works_while_its_pepper_is_kept(town: Town, clock: FakeClock) -> None:
    text = town.key()
    rotated = Peppers("p2", {**PEPPERS.by_id, "p2": PEPPERS.by_id["p1"]})

    assert replace(town.api_keys, peppers=lambda: rotated).grant(text).group.name == "Пример"


@pytest.mark.parametrize("text", ["nonsense", f"qrp_live_{'0' * 16}_{'a' * 43}"])
def test_a_key_that_does_not_exist_costs_the_same_digest_work(
    town: Town, text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    digested: list[str] = []
    whole = Peppers.digest

    def counted(peppers: Peppers, pepper_id: str, message: str) -> bytes:
        digested.append(pepper_id)
        return whole(peppers, pepper_id, message)

    monkeypatch.setattr(Peppers, "digest", counted)

    with pytest.raises(NotAuthorized):
        town.api_keys.grant(text)

    assert digested == ["p1"]


def _disable(town: Town) -> None:
    GroupRow(town.group_id).update([GroupRow.enabled.set(False)])


def _accepts(grants: Grants, text: str) -> bool:
    try:
        return bool(grants.of(text))
    except AppError:
        return False


def test_a_kept_grant_dies_within_a_minute(town: Town, clock: FakeClock) -> None:
    grants, text = Grants(town.api_keys, kept_s=60), town.key()
    grants.of(text)
    _disable(town)

    clock.advance(59)
    late = _accepts(grants, text)
    clock.advance(1)

    assert (late, _accepts(grants, text)) == (True, False)


def test_a_refusal_is_kept_for_five_seconds(town: Town, clock: FakeClock) -> None:
    grants, text = Grants(town.api_keys, kept_s=60), town.key()
    _disable(town)
    refused = _accepts(grants, text)
    GroupRow(town.group_id).update([GroupRow.enabled.set(True)])

    clock.advance(4)
    early = _accepts(grants, text)
    clock.advance(1)

    assert (refused, early, _accepts(grants, text)) == (False, False, True)
