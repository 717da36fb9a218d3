"""By hand: switches a restaurant or a group off, and on again (QP-05)."""

from qr_partners import wiring
from qr_partners.use_cases.switching import SwitchPartner
from shared.queue import ops_app

switching = wiring.switching()
app = ops_app(
    "qr_partners-switch_partner",
    lambda event: switching.run(SwitchPartner.model_validate(event)),
)
