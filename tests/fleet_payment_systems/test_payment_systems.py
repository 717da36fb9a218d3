"""GET /driver/v1/payment-systems: the park's wallets that take bills and are on (FP-12)."""

from fleet_payment_systems.model import Limits
from shared.money import Money
from tests.support.bills import Driver, wallet_in
from tests.support.park import Park


def test_a_driver_is_offered_what_he_may_pay_through(here: Park) -> None:
    limits = Limits(Money(100, "RUB"), Money(100_000, "RUB"))
    qiwi = wallet_in(here, "qiwi", limits=limits, title="QIWI")
    here.open_wallet()
    wallet_in(here, "paystack", enabled=False)
    wallet_in(here, "paystack", park_id="park-8")
    driver = Driver(here, qiwi, "qiwi")

    (offered,) = driver.offered()
    assert offered == {
        **{"wallet_id": qiwi.wallet_id, "system": "qiwi", "title": "QIWI", "currency": "RUB"},
        **{"min": "1.00", "max": "1000.00", "needs": "phone"},
    }


def test_paystack_needs_an_address(here: Park) -> None:
    driver = Driver(here, wallet_in(here, "paystack"), "paystack")

    assert [one["needs"] for one in driver.offered()] == ["email"]
