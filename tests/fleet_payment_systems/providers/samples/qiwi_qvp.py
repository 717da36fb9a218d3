"""QIWI's terminals as a System of the contract."""

from fleet_payment_systems.providers.osmp_systems import QIWI_QVP
from tests.fleet_payment_systems.providers.samples import osmp_family
from tests.fleet_payment_systems.providers.support import account_of

ACCOUNT = account_of("osmp", "RUB", "Europe/Moscow")
SHAPES = (
    {"osmp_txn_id", "result", "comment"},
    {"osmp_txn_id", "prv_txn", "sum", "result", "comment"},
)
SYSTEMS = (osmp_family.system(QIWI_QVP, ACCOUNT, SHAPES),)
