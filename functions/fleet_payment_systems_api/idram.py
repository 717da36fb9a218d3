"""/fps/v1/idram/{token}: Idram's terminals and its merchant interface (FX-14)."""

from fleet_payment_systems.edge import provider_app
from fleet_payment_systems.providers.idram import Idram

app = provider_app(Idram())
