"""/fps/v1/qiwi_qvp/{token}: QIWI's terminals (FX-12)."""

from fleet_payment_systems.edge import provider_app
from fleet_payment_systems.providers.osmp_systems import QIWI_QVP

app = provider_app(QIWI_QVP)
