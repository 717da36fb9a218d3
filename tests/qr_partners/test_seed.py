"""local.seed: the demo's restaurant can be served."""

from local.seed import open_restaurant
from tests.qr_partners.samples import Town


def test_the_demo_key_covers_the_demo_restaurant(town: Town) -> None:
    demo = open_restaurant(town.api_keys.peppers())

    grant = town.api_keys.grant(demo["api_key"])
    (restaurant,) = town.api_keys.restaurants(grant)

    assert restaurant.partner.partner_id == demo["partner_id"]
    assert restaurant.partner.profile.external_id == demo["restaurant_id"]
