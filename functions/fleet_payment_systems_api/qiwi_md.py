"""/fps/v1/qiwi_md/{token}: QIWI Moldova (FX-13)."""

from fleet_payment_systems.edge import provider_app
from fleet_payment_systems.providers.osmp_systems import QIWI_MD

app = provider_app(QIWI_MD)
