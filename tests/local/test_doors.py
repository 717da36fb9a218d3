"""The matrix of authorisation: every route of every API x everybody (RELIABILITY P10, SPEC A.1.3).

Routes come from the templates, so a new one is asked by everybody as soon as it is there. Whose
objects a caller sees behind his own door, owners.py says route by route.
"""

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
import requests

from local.actors import Till
from local.bill import BILL
from local.park import plans
from local.running import GUEST
from local.terminal import Terminal
from tests.architecture.templates import KEEPERS, Route, expect_none, service
from tests.architecture.test_public_api import AUTHORISATION, OPEN
from tests.local.cast import NOBODY, OWN, Person, ask, everybody
from tests.local.conftest import Town
from tests.local.owners import BACK_OFFICE, GUESTS, KNOWN, TILLS
from tests.support.intrinsics import Json

GATEWAY = {401, 403}
_TIME = re.compile(r"\d{2}:\d{2}:\d{2}")
ROUTES = [(name, route) for name in KEEPERS for route in service(name).routes]
GUARDED = [(name, route) for name, route in ROUTES if route.auth in OWN]
UNGUARDED = [(name, route) for name, route in ROUTES if route.auth == "NONE"]


@dataclass(frozen=True, slots=True)
class Answer:
    """What a caller is told; `said` leaves out what is another each time."""

    status: int
    said: str

    @classmethod
    def of(cls, response: requests.Response) -> "Answer":
        try:
            found = response.json()
        except requests.JSONDecodeError:
            return cls(response.status_code, _TIME.sub("now", response.text))
        found.pop("request_id", None)
        return cls(response.status_code, str(found))


def passes(answer: Answer) -> bool:
    """Whether the gateway has let somebody through: its own refusals have a message and no code."""
    refused = answer.status in GATEWAY and "message" in answer.said and "code" not in answer.said
    return not refused


@pytest.fixture(scope="module")
def cast(town: Town) -> list[Person]:
    return everybody(town)


def unexpected(route: Route, who: Person, answer: Answer) -> str:
    """What is wrong with an answer at a guarded door; "" when nothing is."""
    rightful = who.kind == OWN[route.auth] and not who.how
    if passes(answer) and not rightful:
        return f"{route.key}: lets in {who}: {answer}"
    if rightful and not passes(answer):
        return f"{route.key}: keeps out {who}: {answer}"
    return ""


# The emulator of an HTTP API takes any Authorization for a signature; AWS refuses it (0012).
LET_THROUGH = {("AWS_IAM", "guest")}


def asked(cast: list[Person]) -> Iterator[tuple[str, Route, Person]]:
    """Everybody at every guarded door. A rightful caller starts a function each time: at one door
    of an API, with PROOFS=all at each.
    """
    served = set[str]()
    for name, route in GUARDED:
        for who in cast:
            rightful = who.kind == OWN[route.auth] and not who.how
            if rightful and name in served and os.environ.get("PROOFS") != "all":
                continue
            if (route.auth, who.kind) in LET_THROUGH:
                continue
            served |= {name} if rightful else set()
            yield name, route, who


def test_every_route_has_a_door_that_is_known() -> None:
    guarded = {route.key for _name, route in GUARDED}
    meant = {key for name in KEEPERS for key in OPEN.get(name, ())}
    expect_none(
        f"{name} {route.key}: who may come in by {route.auth}?"
        for name, route in ROUTES
        if route.key not in guarded | meant and AUTHORISATION.get(name) != "NONE"
    )


def test_a_guarded_door_opens_to_its_own_caller_and_to_nobody_else(
    town: Town, cast: list[Person]
) -> None:
    expect_none(
        problem
        for name, route, who in asked(cast)
        if (problem := unexpected(route, who, Answer.of(ask(town, name, route, who))))
    )


def test_an_open_door_tells_everybody_without_its_link_what_it_tells_nobody(
    town: Town, cast: list[Person]
) -> None:
    problems = []
    for name, route in UNGUARDED:
        nobody = Answer.of(ask(town, name, route, NOBODY))
        for who in cast:
            if who.kind == "system" and not who.how:
                continue
            answer = Answer.of(ask(town, name, route, who))
            if answer != nobody:
                problems.append(f"{route.key}: tells {who} {answer}, and nobody {nobody}")
    expect_none(problems)


def test_an_open_door_opens_to_its_own_link(town: Town) -> None:
    """Paystack's is a webhook without a question to ask: the demo has it."""
    wallets = town.facts["park"]["wallets"]
    terminals = {system: Terminal.of(system, wallets[system]) for system in plans()}
    expect_none(
        f"{system}: {answer}"
        for system, terminal in terminals.items()
        if not (answer := terminal.check(terminal.payment("100245", "150.00"))).ok
    )


def test_every_route_says_whose_objects_it_shows() -> None:
    expect_none(
        f"{name} {route.key}: a row in tests/local/owners.py, please"
        for name, route in GUARDED
        if route.key not in KNOWN and name not in BACK_OFFICE
    )


def shown(town: Town, name: str, key: str, order: Json, people: list[Person]) -> list[bool]:
    """Whether the route shows `order` to each of `people`, in turn."""
    probe = {**TILLS, **GUESTS}[key]
    (route,) = (route for service, route in GUARDED if (service, route.key) == (name, key))
    found = []
    for who in people:
        response = ask(town, name, route, who, probe.body(order))
        found.append(probe.shows(response.status_code, response.json(), order))
    return found


def test_an_order_is_seen_by_its_own_till_and_guest_and_by_no_other(town: Town) -> None:
    """The stranger asks first, so that he cannot but see what he has changed."""
    tills = [
        Person("till", how, {"X-API-Key": town.facts[which]["api_key"]})
        for how, which in (("foreign", "hasty_partner"), ("", "partner"))
    ]
    guests = [
        Person("guest", user, {"Authorization": f"Bearer {town.stack.jwt(user)}"} | _tap(user))
        for user in ("stranger", GUEST)
    ]
    order = Till(town.stack.api("qr_partner_integration"), town.facts["partner"]["api_key"]).open(
        BILL | {"restaurant_id": "r1"}
    )
    shown(town, "client_api", "POST /4.0/payments/v1/orders", order, guests[1:])

    seen = {key: shown(town, "client_api", key, order, guests) for key in GUESTS}
    seen |= {key: shown(town, "qr_partner_integration", key, order, tills) for key in TILLS}

    assert seen == {key: [False, True] for key in seen}


def _tap(user: str) -> dict[str, str]:
    return {"Idempotency-Key": f"tap of {user}"}


def test_the_emulator_takes_a_bearer_token_for_a_signature(town: Town, cast: list[Person]) -> None:
    (expired,) = (who for who in cast if str(who) == "expired guest")
    (route,) = (route for _name, route in GUARDED if route.key == "GET /qr-orders/v1/get")

    assert unexpected(route, expired, Answer.of(ask(town, "qr_orders", route, expired)))


DOOR = Route("GET /x", "test", "AWS_IAM")


@pytest.mark.parametrize(
    ("route", "who", "answer"),
    [
        (DOOR, NOBODY, Answer(200, "{}")),
        (DOOR, NOBODY, Answer(404, "{'code': 'order_not_found', 'message': 'order not found'}")),
        (DOOR, Person("till", ""), Answer(500, "{'message': 'Internal Server Error'}")),
        (DOOR, Person("backend", "revoked"), Answer(200, "")),
        (DOOR, Person("backend", ""), Answer(403, "{'message': 'Forbidden'}")),
        (Route("GET /x", "test", "JWT"), Person("backend", ""), Answer(200, "")),
    ],
)
def test_an_unexpected_answer_is_reported(route: Route, who: Person, answer: Answer) -> None:
    assert unexpected(route, who, answer)
