"""Two partial refunds of a paid bill, as the till, the guest and Eda see them (SPEC C.1, 5)."""

from tests.support.intrinsics import Json
from tests.support.orders import refund
from tests.support.street import Street
from tests.support.town import town

HISTORY = "/iiko-integration/v1/orderhistory/order"


def shown(street: Street, order: Json) -> Json:
    code, found = street.guest("orderhistory_order", HISTORY, {"order_id": order["id"]})
    assert code == 200, found
    return found


def test_two_partial_refunds_give_two_documents_and_two_receipts() -> None:
    with town(EdaReceiptDelaySec="1", ReceiptPollPeriodSec="2") as place:
        street = Street(place)
        street.partner = street.open_restaurant()
        order = street.open_order()[1]
        assert street.pay(order)[0] == 200
        place.settle(rounds=2)
        assert street.set_status(order["id"], "CLOSED")[0] == 200
        place.settle(rounds=6)

        first = refund(place, order["id"], "rf-1", 1, items=[{"id": "1", "quantity": "1"}])
        assert (first[0], street.status(order["id"])) == (202, "PARTIALLY_REFUNDED")
        place.settle(rounds=6)
        second = refund(place, order["id"], "rf-2", 2, items=[{"id": "3", "amount": "40"}])
        assert second[0] == 202
        place.settle(rounds=6)

        assert street.status(order["id"]) == "PARTIALLY_REFUNDED"
        found = shown(street, order)
        assert (found["status"], found["refunded"]) == ("partially_refunded", "430.00")
        papers = [(paper["title"], paper["sum"]) for paper in found["receipts"]]
        assert papers == [
            ("Чек оплаты", "1540.00"),
            ("Чек возврата", "390.00"),
            ("Чек возврата", "40.00"),
        ]
        documents = {row["document_id"] for row in place.rows("sandbox-documents")}
        assert documents == {f"{order['id']}-1/{version}" for version in (1, 2, 3)}
