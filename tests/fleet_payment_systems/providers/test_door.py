"""Adapters behind the real edge: the same answers, silent logs, a SOAP client that is at ease."""

import io
import logging
from collections.abc import Iterator
from contextlib import redirect_stdout
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
import zeep
from requests import HTTPError

from fleet_payment_systems.operations import Operation, Outcome
from shared import logs
from shared.clock import SystemClock
from tests.fleet_payment_systems.providers.door import TOKEN, app_of, event_of, served
from tests.fleet_payment_systems.providers.engine import DRIVERS, NOW, Engine
from tests.fleet_payment_systems.providers.samples import uzpaynet
from tests.fleet_payment_systems.providers.support import CANARY, System, exchange
from tests.fleet_payment_systems.providers.systems import SYSTEMS, read_by_any
from tests.support.intrinsics import ROOT

EVERY_SYSTEM = pytest.mark.parametrize("system", SYSTEMS, ids=lambda system: system.name)
DRIVER = next(iter(DRIVERS))
SOAP = next(system for system in SYSTEMS if system.name == "uzpaynet-soap")


class Broken(Engine):
    """Has a defect, whose text quotes what it was given."""

    def run(self, operation: Operation) -> Outcome:
        raise RuntimeError(f"{operation!r} {CANARY}")


@pytest.fixture(name="written")
def _written() -> Iterator[io.StringIO]:
    """What logs and metrics write during the test."""
    handler = logs._logger().registered_handler
    assert isinstance(handler, logging.StreamHandler)
    text = io.StringIO()
    before, handler.stream = handler.stream, text
    with redirect_stdout(text):
        yield text
    handler.stream = before


@EVERY_SYSTEM
def test_the_edge_gives_the_adapters_own_answer(
    system: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(SystemClock, "now", lambda _self: NOW)
    request = system.pay(system.txn, DRIVER, 25000)
    app = app_of(system, Engine(), monkeypatch)
    first, repeat = app(event_of(request), None), app(event_of(request), None)
    taken = exchange(system.provider, system.account, request, Engine()).reply
    assert first["headers"]["Content-Type"] == taken.content_type
    if system.codes["ok"] == system.codes["repeat"]:
        assert first["body"] == repeat["body"] == taken.body.decode()


@EVERY_SYSTEM
def test_a_defect_is_answered_as_later_and_its_log_line_has_no_secret(
    system: System, monkeypatch: pytest.MonkeyPatch, written: io.StringIO
) -> None:
    app = app_of(system, Broken(), monkeypatch)
    reply = app(event_of(system.pay(system.txn, "100245", 25000)), None)
    assert CANARY not in reply["body"]
    log = written.getvalue()
    assert '"unhandled"' in log
    for hidden in (CANARY, TOKEN, "t0ken-canary", "100245"):
        assert hidden not in log


@EVERY_SYSTEM
@pytest.mark.parametrize("token", ["", "W_L_other", "../../etc", "W" * 5000, "\ud800"])
def test_a_bad_link_is_refused_and_not_logged(
    system: System,
    token: str,
    monkeypatch: pytest.MonkeyPatch,
    written: io.StringIO,
) -> None:
    engine = Engine()
    app = app_of(system, engine, monkeypatch)
    request = system.pay(system.txn, DRIVER, 25000)
    app(event_of(request, token), None)
    assert engine.paid == {}
    log = written.getvalue()
    assert CANARY not in log
    assert not token or token not in log


@pytest.fixture(name="engine")
def _engine() -> Engine:
    return Engine(next_id=550001)


@pytest.fixture(name="paynet")
def _paynet(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A SOAP client of somebody else's making, told nothing but the address of our WSDL."""
    with served(app_of(SOAP, engine, monkeypatch)) as url, soap_client(url) as client:
        yield client


def soap_client(url: str) -> Any:
    make: Any = zeep.Client
    return make(f"{url}?wsdl")


def login(password: str = CANARY) -> dict[str, Any]:
    return {"username": uzpaynet.LOGIN, "password": password}


def to(account: str) -> dict[str, Any]:
    return {"serviceId": 1, "parameters": [{"paramKey": uzpaynet.KEY, "paramValue": account}]}


def test_a_soap_client_calls_all_six_operations(paynet: Any, engine: Engine) -> None:
    now = datetime(2026, 11, 20, 12, tzinfo=UTC)
    service = paynet.service
    found = service.GetInformation(**login(), **to("100042"))
    assert (found.status, found.parameters[0].paramValue) == (0, "Ivan P.")
    payment = {"amount": 15000, "transactionId": 9007001, "transactionTime": now}
    paid = service.PerformTransaction(**login(), **to("100042"), **payment)
    assert (paid.status, paid.providerTrnId) == (0, 550001)
    again = service.PerformTransaction(**login(), **to("100042"), **payment)
    assert (again.status, again.providerTrnId) == (201, 550001)
    about = {"serviceId": 1, "transactionId": 9007001, "transactionTime": now}
    state = service.CheckTransaction(**login(), **about)
    assert (state.status, state.transactionState, state.providerTrnId) == (0, 1, 550001)
    period = {"dateFrom": now - timedelta(hours=1), "dateTo": now, "serviceId": 1}
    (row,) = service.GetStatement(**login(), **period).statements
    assert (row.amount, row.providerTrnId, row.transactionTime) == (15000, 550001, now)
    cancelled = service.CancelTransaction(**login(), **about)
    assert (cancelled.status, cancelled.transactionState) == (0, 2)
    assert service.GetStatement(**login(), **period).statements == []
    assert service.ChangePassword(**login(), newPassword="another-pw").status == 0
    assert engine.passwords == ["another-pw"]
    assert sum(Decimal(str(each.amount)) for each in engine.paid.values()) == Decimal("150.00")


@pytest.mark.parametrize(
    ("method", "told"),
    [
        ("GetInformation", to("100042")),
        ("PerformTransaction", {**to("100042"), "amount": 1, "transactionId": 1}),
        ("CheckTransaction", {"serviceId": 1, "transactionId": 1}),
        ("CancelTransaction", {"serviceId": 1, "transactionId": 1}),
        ("ChangePassword", {"newPassword": "another-pw"}),
    ],
)
def test_every_refusal_is_valid_for_a_soap_client(
    paynet: Any, method: str, told: dict[str, Any]
) -> None:
    assert paynet.service[method](**login("guess"), **told).status == 412


def test_a_bad_link_shows_a_soap_client_no_description(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    with served(app_of(SOAP, engine, monkeypatch)) as url, pytest.raises(HTTPError, match="500"):
        soap_client(f"{url}x")


def test_the_published_description_is_the_one_that_is_served() -> None:
    layer = ROOT / "layers/fleet_payment_systems/python/fleet_payment_systems/providers"
    assert (ROOT / "docs/providers/uzpaynet.wsdl").read_bytes() == (
        layer / "uzpaynet.wsdl"
    ).read_bytes()


def test_a_bad_link_is_answered_by_one_of_the_profiles() -> None:
    for system in SYSTEMS:
        request = system.pay(system.txn, DRIVER, 25000)
        read_by_any(system, exchange(system.provider, None, request, Engine()).reply)
