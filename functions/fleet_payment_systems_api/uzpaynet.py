"""/fps/v1/uzpaynet/{token}: Paynet of Uzbekistan, SOAP or JSON-RPC (FX-04)."""

from fleet_payment_systems.edge import provider_app
from fleet_payment_systems.providers.uzpaynet_system import UzPaynet

app = provider_app(UzPaynet())
