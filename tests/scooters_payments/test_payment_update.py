"""functions/scooters_payments/payment_update.py: another amount, by versions (SD-14, SD-15)."""

from tests.support.rides import AMOUNT, Rides


def held(place: Rides) -> None:
    place.start()
    place.settle(3)


def test_more_is_held_and_all_of_it_goes_back(place: Rides) -> None:
    held(place)
    answer = place.update(2, "500.00")
    wanted = {"session_id": "s1", "version": 2, "amount": "500.00", "status": "resizing"}
    assert answer == (200, wanted)
    place.settle(4)
    assert (place.status(), place.deposit()["held"]) == ("held", 50000)

    place.finish()
    place.settle(5)
    assert place.ledger() == {"held": 50000, "cleared": 0, "voided": 50000, "open": 0}


def test_less_is_held_and_the_rest_goes_back_at_once(place: Rides) -> None:
    held(place)
    place.update(2, "100.00")
    place.settle(4)
    assert (place.deposit()["held"], place.ledger()["open"]) == (10000, 10000)


def test_a_repeat_is_answered_and_an_old_version_is_a_conflict(place: Rides) -> None:
    held(place)
    place.update(2, "500.00")
    assert place.update(2, "500.00")[1]["status"] == "resizing"
    place.settle(4)
    assert place.update(2, "500.00")[1]["status"] == "held"

    status, refused = place.update(2, "400.00")
    assert (status, refused["code"]) == (409, "version_conflict")
    assert refused["details"] == {"current_version": 2}


def test_only_what_is_held_can_be_changed(place: Rides) -> None:
    place.start()
    assert place.update(2, "500.00")[1]["code"] == "not_held"
    assert place.update(2, "500.00", "nobody")[1]["code"] == "deposit_not_found"
    place.settle(3)
    assert place.update(2, "10000.01")[1]["code"] == "amount_too_large"
    assert place.update(2, "1.001")[1]["code"] == "bad_amount"
    place.finish()
    assert place.update(2, "500.00")[1]["code"] == "not_held"


def test_a_deposit_of_which_only_the_end_is_known_has_no_amount(place: Rides) -> None:
    place.finish()
    assert place.update(2, "500.00")[1]["code"] == "not_held"


def test_an_amount_of_zero_gives_all_of_it_back(place: Rides) -> None:
    held(place)
    assert place.update(2, "0.00")[1]["status"] == "releasing"
    place.settle(5)
    assert (place.status(), place.ledger()["open"]) == ("released", 0)


def test_a_refused_amount_leaves_what_is_held_as_it_is(place: Rides) -> None:
    """Somebody else has changed the invoice: the engine's version is ahead of ours."""
    held(place)
    invoice = {"operation_id": "other", "version": 2, "items": [_line("300.00")]}
    _engine_update(place, invoice)
    place.update(2, "500.00")
    place.settle(4)
    assert (place.status(), place.deposit()["held"]) == ("held", AMOUNT)
    assert place.deposit()["invoice_version"] == 1

    place.finish()
    place.settle(5)
    assert (place.status(), place.ledger()["open"]) == ("released", 0)


def _line(amount: str) -> dict[str, str]:
    return {"id": "deposit", "title": "t", "amount": amount, "quantity": "1", "vat": "none"}


def _engine_update(place: Rides, body: dict[str, object]) -> None:
    from shared.http_event import event

    route = "/transactions/v1/invoices/{invoice_id}/update"
    asked = event("POST", route, path={"invoice_id": "s1-1"}, body=body)
    assert place.town.call("sandbox", "transactions", asked)[0] == 200
