"""QIWI Moldova as a System of the contract."""

from fleet_payment_systems.providers.osmp_systems import QIWI_MD
from tests.fleet_payment_systems.providers.samples import osmp_family
from tests.fleet_payment_systems.providers.support import account_of

ACCOUNT = account_of("osmp", "MDL", "Europe/Chisinau")
SHAPES = (
    {"osmp_txn_id", "result", "comment"},
    {"osmp_txn_id", "ccy", "result", "comment"},
    {"osmp_txn_id", "sum", "ccy", "result", "comment"},
    {"osmp_txn_id", "prv_txn", "sum", "ccy", "result", "comment", "fields"},
)
SYSTEMS = (osmp_family.system(QIWI_MD, ACCOUNT, SHAPES),)
