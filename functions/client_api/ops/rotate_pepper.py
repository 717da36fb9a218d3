"""By hand: rotates the pepper of receipt links, in two steps an hour apart (L6)."""

from client_api import wiring
from shared.clock import SYSTEM
from shared.pepper_rotation import rotate_app

app = rotate_app("client_api-rotate_pepper", wiring.pepper_secret(), SYSTEM)
