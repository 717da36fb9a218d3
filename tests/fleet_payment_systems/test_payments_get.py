"""GET /driver/v1/payments/{payment_id}: a driver's own, and nobody else's (FP-45)."""

from tests.support.bills import Driver, wallet_in
from tests.support.park import Park


def test_a_driver_sees_his_payment_as_it_is_now(here: Park) -> None:
    driver = Driver(here, wallet_in(here, "qiwi"), "qiwi")
    _, made = driver.create()
    assert driver.get(made["payment_id"]) == (200, made)

    driver.pays()
    driver.wait(6)

    assert driver.get(made["payment_id"])[1]["state"] == "processed"


def test_another_drivers_payment_does_not_exist(here: Park) -> None:
    driver = Driver(here, wallet_in(here, "qiwi"), "qiwi")
    _, made = driver.create()
    other = Driver(here, driver.wallet, "qiwi", driver_id="d-100042")

    for asked in (other.get(made["payment_id"]), driver.get("0"), driver.get("x")):
        assert (asked[0], asked[1]["code"]) == (404, "payment_not_found")


def test_a_payment_that_he_did_not_begin_is_not_shown_here(here: Park) -> None:
    here.pay(here.open_wallet(), "t-1")
    (row,) = here.transactions()
    driver = Driver(here, wallet_in(here, "qiwi"), "qiwi")

    assert driver.get(row["tx_id"])[1]["code"] == "payment_not_found"
