"""/fps/v1/easypay/{token}: EasyPay's terminals; its Armenian REST below the link (FX-09)."""

from fleet_payment_systems.edge import provider_app
from fleet_payment_systems.providers.easypay import Easypay

app = provider_app(Easypay())
