"""Opening a restaurant for a partner, once however often it is asked (QP-04, L1, L2)."""

from dataclasses import dataclass, replace

from qr_partners.model import ApiKey, Group, Restaurant
from qr_partners.model.changes import Actor, Mark, NewKey, NewRestaurant, Opening
from qr_partners.ports import Taken
from qr_partners.use_cases.entries import conflict, entry, made_before
from qr_partners.use_cases.keys import ApiKeys
from qr_partners.use_cases.partners import Partners
from shared.errors import NotFound
from shared.secret import Secret


@dataclass(frozen=True, slots=True)
class Created:
    """`issued` is there when a new group was made with it, and only in the first answer."""

    restaurant: Restaurant
    repeated: bool = False
    issued: tuple[Secret, ApiKey] | None = None


@dataclass(frozen=True, slots=True)
class Admin:
    partners: Partners
    api_keys: ApiKeys

    def create(self, wanted: NewRestaurant, by: Actor, request: Mark) -> Created:
        """The restaurant in its group, or with a new group and its first key: all or nothing.

        Raises what Partners.create_partner does, and Refused idempotency_mismatch.
        """
        known = made_before(self.partners.store, request)
        if known is not None:
            return Created(self.partners.get(known), repeated=True)
        if wanted.terms is not None:
            group = self.partners.new_group(wanted.group_name, wanted.terms)
            return self._with_group(group, wanted, by, request)
        if wanted.group_id is None:
            raise NotFound("group_not_found")
        profile, overrides = wanted.profile, wanted.overrides
        create = self.partners.create_partner
        return Created(create(wanted.group_id, profile, overrides, by=by, request=request))

    def _with_group(self, group: Group, wanted: NewRestaurant, by: Actor, request: Mark) -> Created:
        restaurant = self.partners.new_restaurant(group, wanted.profile, wanted.overrides)
        text, key = self.api_keys.new_key(group, NewKey(wanted.environment))
        partner_id = restaurant.partner.partner_id
        objects = (partner_id, key.stored.key_id)
        opening = Opening(
            group,
            entry(group, "group_created", objects, by, group.created_at),
            new_group=True,
            restaurant=restaurant,
            key=key,
            request=replace(request, owner=partner_id),
        )
        try:
            self.partners.store.open(opening)
        except Taken as problem:
            raise conflict(problem) from None
        return Created(restaurant, issued=(text, key))
