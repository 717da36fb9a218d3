"""Every payment system that we speak, by name: the tuple makes mypy check each of them."""

from typing import Final

from fleet_payment_systems.providers.base import Provider
from fleet_payment_systems.providers.bills import BillProvider
from fleet_payment_systems.providers.city24 import City24
from fleet_payment_systems.providers.easypay import Easypay
from fleet_payment_systems.providers.elecsnet import Elecsnet
from fleet_payment_systems.providers.idram import Idram
from fleet_payment_systems.providers.osmp_systems import MOBILNIK, QIWI_MD, QIWI_QVP, TBC
from fleet_payment_systems.providers.paystack import Paystack
from fleet_payment_systems.providers.qiwi import Qiwi
from fleet_payment_systems.providers.tellcell import TellCell
from fleet_payment_systems.providers.uzpaynet_system import UzPaynet

ALL: Final[tuple[Provider, ...]] = (
    City24(),
    Easypay(),
    Elecsnet(),
    Idram(),
    MOBILNIK,
    QIWI_MD,
    QIWI_QVP,
    TBC,
    TellCell(),
    UzPaynet(),
)

# Their payments are begun by drivers; a system among them that calls us has a function, too.
BILLS: Final[tuple[BillProvider, ...]] = (Paystack(), Qiwi())
