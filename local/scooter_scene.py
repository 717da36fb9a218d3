"""The scene of `make demo` in which scooters take deposits, and give all of them back."""

from typing import Final

import requests

from local.actors import Json
from local.narration import same, say, step, wait_for
from local.scenes import Place
from local.scooters import AMOUNT, Backend

_SLOW, _HELD, _POOR, _DOWN = "ride-slow", "ride-held", "ride-poor", "ride-down"
_NOTHING: Final = "0.00"


def deposits_are_held(place: Place) -> None:
    backend = Backend(place.facts["scooters"]["base_url"], place.stack.operator)
    step("Scooters are booked; each deposit is held while its rider walks to it")
    for session, card in (
        (_SLOW, "card-slow-15"),
        (_HELD, "card-ok"),
        (_POOR, "card-insufficient"),
    ):
        same(f"{session}, {card}", backend.start(session, card), "started")
    same("before the bank has answered", backend.verdict(_HELD), "processing, wait")
    wait_for("the usual one", lambda: backend.verdict(_HELD), "held, ride")
    wait_for("a card without money", lambda: backend.verdict(_POOR), "402 insufficient_funds")
    same("another card", backend.start(_POOR, "card-ok"), "started")

    step("A slow bank keeps nobody for longer than the limit")
    timeout = "processing, ride (hold_timeout)"
    wait_for("the slow one", lambda: backend.verdict(_SLOW), timeout)
    wait_for("the other card", lambda: backend.verdict(_POOR), "held, ride")

    step("The payment engine goes down: the rider goes, nothing is held for him, then or later")
    _engine(place, 20)
    same(_DOWN, backend.start(_DOWN, "card-ok"), "started")
    wait_for("without an invoice", lambda: backend.verdict(_DOWN), "none, ride (no_invoice)")
    _engine(place, 0)
    wait_for("the slow one, during its ride", lambda: backend.status(_SLOW), "held")

    step("Rides end: an event on the bus, a call, a cancelled booking; all money goes back")
    _session(place, _HELD, "finished")
    for session, reason in ((_SLOW, "ride_finished"), (_POOR, "booking_cancelled")):
        say(f"{session}: {reason} is answered {backend.finish(session, reason)}")
    for session, invoice in ((_HELD, 1), (_SLOW, 1), (_POOR, 2)):
        _is_back(place, backend, session, f"{session}-{invoice}")
    same(_DOWN, backend.status(_DOWN), "abandoned")


def _is_back(place: Place, backend: Backend, session: str, invoice_id: str) -> None:
    wait_for(session, lambda: backend.status(session), "released")
    books = place.sandbox("transactions", f"/v1/ledger/{invoice_id}").json()
    found = (books["held"], books["cleared"], books["voided"], books["open"])
    same(f"{session}: held, taken, given back, open", found, (AMOUNT, _NOTHING, AMOUNT, _NOTHING))


def _engine(place: Place, calls_lost: int) -> None:
    _post(place, "transactions", "/faults", {"fail_next": calls_lost, "status": 503})


def _session(place: Place, session: str, state: str) -> None:
    told = {"session_id": session, "user_id": "demo-rider", "state": state}
    _post(place, "sessions", "/sessions", told)
    say(f"{session}: scooters.ride_{state} goes to the bus")


def _post(place: Place, system: str, path: str, body: Json) -> None:
    answer = requests.post(place.facts["sandbox"][system] + path, json=body, timeout=10)
    same(f"{system}{path}", answer.status_code, 200)
