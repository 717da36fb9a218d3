"""local.pos: a till played against a small open API on loopback, and against the running stack."""

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from local.actors import Till, Unexpected
from local.pos import Pos, arguments
from tests.local.conftest import Town

ORDER = "01M7XAKN56BWGHR27VP2PFV0SV"
QR = {"url": f"https://qr.example.com/q/{ORDER}", "short_code": "K7Q4M9AA"}


@dataclass
class Shop:
    """An open API with one order; `next_statuses` are what polls see, the last one for ever."""

    next_statuses: list[str]
    refusal: str = ""
    calls: list[tuple[str, Any]] = field(default_factory=list)

    def answer(self, path: str, body: Any) -> tuple[int, dict[str, Any]]:
        self.calls.append((path, body))
        if path == "/external/v1/orders":
            return 200, {"id": ORDER, "status": "NEW", "qr": QR, "next_poll_after_ms": 3000}
        if path == "/external/v1/orders/status/list":
            seen = self.next_statuses
            status = seen.pop(0) if len(seen) > 1 else seen[0]
            return 200, {"orders": [{"id": ORDER, "status": status}], "next_poll_after_ms": 1500}
        if self.refusal:
            return 409, {"code": self.refusal, "message": "", "details": {}}
        return 200, body

    def told(self) -> list[str]:
        return [body["status"] for path, body in self.calls if path == "/external/v1/order/status"]


@dataclass
class Played:
    pos: Pos
    shop: Shop
    said: list[str]
    slept: list[float]


@pytest.fixture
def played() -> Iterator[Played]:
    shop = Shop(["NEW", "NEW", "PAYMENT_IN_PROGRESS", "PAID"])

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["content-length"])))
            status, found = shop.answer(self.path, body)
            sent = json.dumps(found).encode()
            self.send_response(status if self.headers["X-API-Key"] == "key" else 401)
            self.send_header("content-length", str(len(sent)))
            self.end_headers()
            self.wfile.write(sent)

        def log_message(self, format: str, *args: object) -> None:
            """Silent."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    said: list[str] = []
    slept: list[float] = []
    till = Till(f"http://127.0.0.1:{server.server_port}", "key")
    yield Played(Pos(till, said.append, slept.append), shop, said, slept)
    server.shutdown()
    server.server_close()


def test_open_sends_the_bill_and_shows_its_qr_and_short_code(played: Played) -> None:
    assert played.pos.open("r7", "POS-1") == ORDER
    ((_path, bill),) = played.shop.calls

    assert (bill["restaurant_id"], bill["order_id"]) == ("r7", "POS-1")
    assert QR["url"] in played.said[1]
    assert QR["short_code"] in played.said[2]


def test_a_paid_order_is_closed_and_each_change_is_shown_once(played: Played) -> None:
    played.pos.serve(ORDER)

    assert played.shop.told() == ["CLOSED"]
    assert [line.split()[-1] for line in played.said] == [
        *("NEW", "PAYMENT_IN_PROGRESS", "PAID", "CLOSED"),
    ]


def test_polls_wait_as_long_as_the_api_says(played: Played) -> None:
    played.pos.serve(ORDER)

    assert played.slept == [1.5, 1.5, 1.5]


def press(_seconds: float) -> None:
    """Ctrl-C while the till waits for its next poll."""
    raise KeyboardInterrupt


def test_ctrl_c_cancels_the_order(played: Played) -> None:
    Pos(played.pos.till, played.said.append, press).serve(ORDER)

    assert played.shop.told() == ["CANCELLED"]
    assert played.said[-1].endswith("CANCELLED")


@pytest.mark.parametrize("final", ["CANCELLED", "EXPIRED", "REFUNDED", "NOT_FOUND"])
def test_an_order_that_is_over_is_not_closed(played: Played, final: str) -> None:
    played.shop.next_statuses[:] = [final]
    played.pos.serve(ORDER)

    assert played.shop.told() == []


def test_a_refusal_has_the_name_that_the_api_gave(played: Played) -> None:
    played.shop.refusal = "payment_in_progress"

    with pytest.raises(Unexpected) as refusal:
        played.pos.cancel(ORDER)
    assert (refusal.value.status, refusal.value.code) == (409, "payment_in_progress")


@pytest.mark.parametrize("given", [["close"], ["--url", "http://127.0.0.1:1"], ["dance"]])
def test_half_a_command_is_refused(given: list[str]) -> None:
    with pytest.raises(SystemExit):
        arguments(given)


def test_url_and_key_say_which_stack(played: Played) -> None:
    found = arguments(["cancel", ORDER, "--url", "https://tills.example.com", "--key", "k"])

    assert (found.action, found.order_id) == ("cancel", ORDER)
    assert (found.url, found.key) == ("https://tills.example.com", "k")


def test_an_order_is_opened_and_cancelled_on_the_running_stack(town: Town) -> None:
    till = Till(town.stack.api("qr_partner_integration"), town.facts["partner"]["api_key"])
    said: list[str] = []
    pos = Pos(till, said.append, press)
    order_id = pos.open("r1", "POS-1")
    pos.serve(order_id)

    assert [line.split()[-1] for line in said[3:]] == ["NEW", "CANCELLED"]
    assert till.status(order_id) == "CANCELLED"
