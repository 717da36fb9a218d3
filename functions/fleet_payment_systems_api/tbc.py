"""/fps/v1/tbc/{token}: TBC Pay (FX-08)."""

from fleet_payment_systems.edge import provider_app
from fleet_payment_systems.providers.osmp_systems import TBC

app = provider_app(TBC)
