"""By hand: a restaurant, a group or an API key by whatever id somebody has of it."""

from qr_partners import wiring
from shared.finding import find_app

lookup = wiring.lookup()
app = find_app("qr_partners-find", lookup.restaurants, lookup.groups, lookup.keys)
