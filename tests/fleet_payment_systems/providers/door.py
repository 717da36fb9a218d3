"""The real edge of a payment system before an engine in memory, by call and on a loopback port."""

import importlib
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any, Final

import pytest

from fleet_payment_systems import wiring
from fleet_payment_systems.edge import Handler, provider_app
from fleet_payment_systems.model import DriverLookup, Limits, Link, Wallet
from fleet_payment_systems.operations import Operation, Outcome
from fleet_payment_systems.providers.base import Account, WireRequest
from shared.http_event import Event
from shared.secret import Secret
from tests.fleet_payment_systems.providers.engine import NOW, Engine
from tests.fleet_payment_systems.providers.support import System

TOKEN: Final = "W_L_t0ken-canary"


class Stub:
    """Gate, use case and vault of one wallet whose only good link is TOKEN."""

    def __init__(self, system: System, engine: Engine) -> None:
        self.system, self.engine = system, engine
        self.wallet = wallet_of(system.account)

    def enter(self, _system: str, token: str, _ip: str) -> tuple[Wallet, Link] | None:
        link = Link("L", "shown", "p1", "digest", NOW)
        return (self.wallet, link) if token == TOKEN else None

    def used(self, _wallet: Wallet, _link: Link) -> None:
        pass

    def run(self, _wallet: Wallet, _link: Link, operation: Operation) -> Outcome:
        return self.engine.run(operation)

    def open(self, sealed: str, _context: object) -> Secret:
        return Secret(sealed)


def wallet_of(account: Account) -> Wallet:
    return Wallet(
        wallet_id="W",
        park_id="park-7",
        system="any",
        profile=account.profile,
        title="",
        enabled=True,
        currency=account.currency,
        timezone=account.timezone,
        limits=Limits(account.minimum, account.maximum),
        commission_rate=Decimal(0),
        driver_lookup=DriverLookup.CALLSIGN,
        allow_reversal=False,
        show_balance=False,
        settings=account.settings,
        credentials={name: secret.reveal() for name, secret in account.credentials.items()},
        ip_allowlist=(),
        notify_emails=(),
        links=(),
        rev=1,
        created_at=NOW,
        updated_at=datetime(2024, 5, 17, tzinfo=UTC),
    )


def app_of(system: System, engine: Engine, monkeypatch: pytest.MonkeyPatch) -> Handler:
    _stub(system, engine, monkeypatch)
    return provider_app(system.provider)


def function_of(system: System, engine: Engine, monkeypatch: pytest.MonkeyPatch) -> Handler:
    """The app of the system's function file."""
    _stub(system, engine, monkeypatch)
    name = f"functions.fleet_payment_systems_api.{system.provider.spec.code}"
    monkeypatch.delitem(sys.modules, name, raising=False)
    app: Handler = importlib.import_module(name).app
    return app


def _stub(system: System, engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    stub = Stub(system, engine)
    for name in ("gate", "callbacks", "vault"):
        monkeypatch.setattr(wiring, name, lambda: stub)


def event_of(request: WireRequest, token: str = TOKEN) -> Event:
    path = f"/fps/v1/any/{token}"
    below = {"operation": request.operation} if request.operation else {}
    return {
        "version": "2.0",
        "rawPath": path,
        "rawQueryString": request.raw_query,
        "headers": dict(request.headers),
        "pathParameters": {"token": token, **below},
        "requestContext": {"http": {"method": request.method, "sourceIp": request.source_ip}},
        "body": request.body.decode(),
        "isBase64Encoded": False,
    }


@contextmanager
def served(app: Handler) -> Iterator[str]:
    """The link of `app` on a loopback port."""

    class Door(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.answer()

        def do_POST(self) -> None:
            self.answer()

        def answer(self) -> None:
            path, _, query = self.path.partition("?")
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            headers = {name.lower(): value for name, value in self.headers.items()}
            request = WireRequest(self.command, query, body, headers, "127.0.0.1")
            event = event_of(request, path.rpartition("/")[2])
            event["headers"]["x-forwarded-proto"] = "http"
            event["rawPath"] = path
            reply = app(event, None)
            self.send_response(reply["statusCode"])
            for name, value in reply["headers"].items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(reply["body"].encode())

        def log_message(self, *_arguments: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Door) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/fps/v1/any/{TOKEN}"
        finally:
            server.shutdown()
            thread.join()
