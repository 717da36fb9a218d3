"""/fps/v1/tellcell/{token}: TellCell's terminals (FX-06)."""

from fleet_payment_systems.edge import provider_app
from fleet_payment_systems.providers.tellcell import TellCell

app = provider_app(TellCell())
