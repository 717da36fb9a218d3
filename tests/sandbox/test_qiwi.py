"""functions/sandbox/qiwi.py: bills by XML, chosen by their amount or by the tester (B.14)."""

import pytest

from shared.http_event import event
from tests.sandbox.engine import Call
from tests.support.aws_world import World
from tests.support.clock import FakeClock

HEAD = "<request><protocol-version>4.00</protocol-version><request-type>{}</request-type>"
LOGIN = '<terminal-id>123456</terminal-id><extra name="password">{}</extra>'
OK = '<response><result-code fatal="false">0</result-code></response>'


def ask(world: World, kind: int, rest: str, password: str = "secret") -> str:
    text = HEAD.format(kind) + LOGIN.format(password) + rest + "</request>"
    asked = event("POST", "/qiwi/xml", body=text, headers={"content-type": "text/xml"})
    answer = world.run(world.load("sandbox", "qiwi"), asked)
    assert answer["statusCode"] == 200, answer
    assert answer["headers"]["Content-Type"].startswith("text/xml")
    return str(answer["body"])


def issue(world: World, amount: str = "500.00", number: str = "b-1", **more: str) -> str:
    extras = {"txn-id": number, "to-account": "9161234567", "amount": amount, "ltime": "1"}
    rest = "".join(f'<extra name="{name}">{value}</extra>' for name, value in extras.items())
    return ask(world, 30, rest, **more)


def status(world: World, number: str = "b-1") -> str:
    text = ask(world, 33, f'<bills-list><bill txn-id="{number}"/></bills-list>')
    return text.partition('status="')[2].partition('"')[0]


def cancel(world: World, number: str = "b-1") -> str:
    rest = f'<extra name="txn-id">{number}</extra><extra name="status">reject</extra>'
    return ask(world, 29, rest)


def test_a_number_is_one_bill(world: World) -> None:
    assert issue(world) == OK
    assert ">215<" in issue(world)
    assert status(world) == "50"


def test_a_wrong_password_is_fatal(world: World) -> None:
    assert 'fatal="true">150<' in issue(world, password="wrong")


@pytest.mark.parametrize(
    ("amount", "statuses"),
    [("1.01", ["50", "60"]), ("1.02", ["160"]), ("1.03", ["161"]), ("1.04", ["50", "50"])],
)
def test_an_amount_chooses_what_becomes_of_its_bill(
    world: World, amount: str, statuses: list[str]
) -> None:
    issue(world, amount)
    assert [status(world) for _ in statuses] == statuses


def test_a_bill_ends_ten_minutes_behind_its_time(world: World, clock: FakeClock) -> None:
    issue(world)
    clock.advance(3600)
    assert status(world) == "50"
    clock.advance(600)
    assert status(world) == "161"


def test_a_tester_pays_or_refuses(world: World, call: Call) -> None:
    for number, what, shown in (("b-1", "pay", "60"), ("b-2", "reject", "160")):
        issue(world, number=number)
        assert call("POST", f"/qiwi/bills/{{txn_id}}/{what}", {}, txn_id=number)[0] == 200
        assert status(world, number) == shown
    told, refused = call("POST", "/qiwi/bills/{txn_id}/pay", {}, txn_id="b-2")
    assert (told, refused["code"]) == (409, "bill_ended")
    assert call("POST", "/qiwi/bills/{txn_id}/pay", {}, txn_id="b-3")[0] == 404


def test_a_cancelled_bill_is_over_unless_it_is_stubborn(world: World) -> None:
    issue(world)
    issue(world, "1.04", "b-2")
    assert cancel(world) == OK
    assert ">300<" in cancel(world, "b-2")
    assert ">210<" in cancel(world, "b-3")
    assert (status(world), status(world, "b-2")) == ("160", "50")


def test_faults_are_met(world: World, call: Call) -> None:
    call("POST", "/qiwi/faults", {"fail_next": 1})
    asked = event("POST", "/qiwi/xml", body="<request/>", headers={"content-type": "text/xml"})
    answer = world.run(world.load("sandbox", "qiwi"), asked)
    assert answer["statusCode"] == 503


@pytest.mark.parametrize("body", ["", "<request/>", "{}", "<!DOCTYPE a><request/>"])
def test_what_is_no_request_is_refused(world: World, body: str) -> None:
    asked = event("POST", "/qiwi/xml", body=body, headers={"content-type": "text/xml"})
    assert world.run(world.load("sandbox", "qiwi"), asked)["statusCode"] == 400
