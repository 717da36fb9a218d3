"""/fps/v1/mobilnik/{token}: Mobilnik's terminals (FX-10)."""

from fleet_payment_systems.edge import provider_app
from fleet_payment_systems.providers.osmp_systems import MOBILNIK

app = provider_app(MOBILNIK)
