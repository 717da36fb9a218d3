"""/fps/v1/elecsnet/{token}: Elecsnet's terminals (FX-05)."""

from fleet_payment_systems.edge import provider_app
from fleet_payment_systems.providers.elecsnet import Elecsnet

app = provider_app(Elecsnet())
