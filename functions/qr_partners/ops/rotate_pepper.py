"""By hand: rotates the pepper of the API keys' digests, in two steps an hour apart (L6)."""

from qr_partners import wiring
from shared.clock import SYSTEM
from shared.pepper_rotation import rotate_app

app = rotate_app("qr_partners-rotate_pepper", wiring.settings().api_key_pepper_secret, SYSTEM)
