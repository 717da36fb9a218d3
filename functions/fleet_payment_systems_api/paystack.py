"""/fps/v1/paystack/{token}: Paystack's webhook (FX-11)."""

from fleet_payment_systems.edge import provider_app
from fleet_payment_systems.providers.paystack import Paystack

app = provider_app(Paystack())
