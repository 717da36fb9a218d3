"""By hand: rotates the pepper of the links' digests, in two steps an hour apart (L6)."""

from fleet_payment_systems import wiring
from shared.clock import SYSTEM
from shared.pepper_rotation import rotate_app

secret_id = wiring.settings().link_pepper_secret
app = rotate_app("fleet_payment_systems-rotate_pepper", secret_id, SYSTEM)
