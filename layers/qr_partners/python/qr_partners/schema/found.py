"""Wire models of admin/find (QP-06)."""

from typing import Annotated, Self

from pydantic import Field

from qr_partners.model import Restaurant
from qr_partners.schema import FullPartner
from qr_partners.schema.authored import Id, Inn, Name
from qr_partners.use_cases.finding import Criteria
from shared.wire import Answer, Wire


class Find(Wire):
    """All that are given must hold; nothing given lists everything."""

    address: Name | None = None
    name: Name | None = None
    inn: Inn | None = None
    group_id: Id | None = None
    external_id: Id | None = None
    enabled: bool | None = None
    cursor: Id | None = None
    limit: Annotated[int, Field(ge=1, le=100)] = 50

    def to_criteria(self) -> Criteria:
        return Criteria(
            address=self.address,
            name=self.name,
            inn=self.inn,
            group_id=self.group_id,
            external_id=self.external_id,
            enabled=self.enabled,
        )


class Found(Answer):
    """`cursor` is there when there may be more, even after a page with nothing on it."""

    partners: list[FullPartner]
    cursor: str | None

    @classmethod
    def of(cls, restaurants: list[Restaurant], cursor: str | None) -> Self:
        return cls(partners=[FullPartner.of(each) for each in restaurants], cursor=cursor)
