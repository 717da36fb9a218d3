"""A group, its restaurants and their keys, as tests of qr_partners begin."""

from dataclasses import replace
from decimal import Decimal
from itertools import count
from typing import Any, Final

from qr_partners.model import (
    Address,
    Cashback,
    Contacts,
    Environment,
    OnExpireHeld,
    Overrides,
    Point,
    Profile,
    Settings,
    Terms,
)
from qr_partners.store import DynamoPartnerStore
from qr_partners.store.places import DynamoPlaceStore
from qr_partners.use_cases import ApiKeys, Partners
from shared.clock import Clock
from shared.keys import Peppers
from shared.money import Money
from shared.secret import Secret

TERMS: Final = Terms(
    legal_name="ООО «Пример»",
    inn="7700000009",
    currency="RUB",
    commission_rate=Decimal("0.025"),
    cashback=Cashback(Decimal("0.05"), Money(30_000, "RUB")),
    settings=Settings(240, 300, OnExpireHeld.CANCEL),
    kpp="770001001",
)
PROFILE: Final = Profile(
    external_id="r1",
    name="Пример на Арбате",
    address=Address("Россия", "Москва", "Арбат", "10"),
    point=Point(55_750_000, 37_590_000),
    timezone="Europe/Moscow",
    pos_system="other",
    place_id="place-1",
    contacts=Contacts("chef@example.com", "+70000000000"),
)
# One legal entity cannot have two restaurants at one address, so each town has its own.
_INNS: Final = count(7_700_100_000)
PEPPERS: Final = Peppers("p1", {"p1": Secret("test pepper")})


class Town:
    """One group in the AWS that is in force; restaurants and keys as a test asks for them."""

    def __init__(self, clock: Clock, peppers: Peppers = PEPPERS) -> None:
        self.store = DynamoPartnerStore()
        self.partners = Partners(self.store, clock)
        self.api_keys = ApiKeys(self.store, clock, lambda: peppers, DynamoPlaceStore())
        self.terms = replace(TERMS, inn=str(next(_INNS)))
        self.group_id = self.partners.create_group("Пример", self.terms).group_id

    def restaurant(self, external_id: str = "r1", **own: Any) -> str:
        """A new restaurant's id; `own` are its own terms. r1 is at PROFILE's house."""
        house = PROFILE.address.house + external_id.removeprefix("r1")
        address = replace(PROFILE.address, house=house)
        profile = replace(PROFILE, external_id=external_id, address=address)
        made = self.partners.create_partner(self.group_id, profile, Overrides(**own))
        return made.partner.partner_id

    def key(self, partner_ids: tuple[str, ...] | None = None) -> str:
        """The text of a new key."""
        return self.api_keys.issue_key(self.group_id, Environment.LIVE, partner_ids)[0].reveal()
