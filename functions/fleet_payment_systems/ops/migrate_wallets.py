"""By hand: copies the old store of wallets into ours, and compares the two (FP-24, decision 25)."""

from fleet_payment_systems import wiring
from fleet_payment_systems.schema.migration import migrated
from shared.queue import ops_app

app = ops_app(
    "fleet_payment_systems-migrate_wallets", lambda event: migrated(wiring.migration, event)
)
