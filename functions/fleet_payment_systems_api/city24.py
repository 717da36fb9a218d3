"""/fps/v1/city24/{token}: City24: commandCall, or its sister's 24NonStop (FX-07)."""

from fleet_payment_systems.edge import provider_app
from fleet_payment_systems.providers.city24 import City24

app = provider_app(City24())
