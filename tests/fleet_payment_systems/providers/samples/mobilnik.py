"""Mobilnik as Systems of the contract: plain, and with the commands of its relatives."""

from dataclasses import replace

from fleet_payment_systems.providers.osmp_systems import MOBILNIK
from tests.fleet_payment_systems.providers.samples import osmp_family
from tests.fleet_payment_systems.providers.samples.qiwi_qvp import SHAPES
from tests.fleet_payment_systems.providers.support import account_of, get

ACCOUNT = account_of("osmp", "KGS", "Asia/Bishkek")
EXTENDED = replace(ACCOUNT, profile="osmp_extended")
MORE = {
    "status": lambda txn: get(f"command=status&txn_id={txn}"),
    "cancel": lambda txn: get(f"command=cancel&txn_id={txn}"),
}
SYSTEMS = (
    osmp_family.system(MOBILNIK, ACCOUNT, SHAPES),
    replace(osmp_family.system(MOBILNIK, EXTENDED, SHAPES), asks=MORE),
)
