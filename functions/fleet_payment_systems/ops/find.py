"""By hand: a wallet, a transaction, an export or a task by whatever id somebody has of it."""

from fleet_payment_systems import wiring
from shared.finding import find_app, task

lookup = wiring.lookup()
app = find_app("fleet_payment_systems-find", lookup.wallets, lookup.transactions, task)
