"""AWS on loopback: canned answers to the calls that the measured handlers make."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any, Final

Json = dict[str, Any]
_INVOKE: Final = "/2015-03-31/functions/"
# After every clock: the till's heartbeat of these orders is never due.
_JUST_POLLED: Final = str(10**15)


def _row(order_id: str) -> Json:
    """An open order as the orders table keeps it, as far as the poll asks for."""
    texts = {
        "order_id": order_id,
        "partner_id": "p_demo",
        "external_order_id": "A-1021",
        "payment_status": "new",
        "partner_status": "open",
        "currency": "RUB",
    }
    numbers = {
        "total": "157000",
        "refunded": "0",
        "version": "1",
        "updated_at": "1767348000000",
        "expires_at": "1967362400000",
        "last_polled_at": _JUST_POLLED,
        "silent_at": _JUST_POLLED,
        "activity_timeout_s": "300",
    }
    return {name: {"S": text} for name, text in texts.items()} | {
        name: {"N": number} for name, number in numbers.items()
    }


def _batch(asked: Json) -> Json:
    ((table, wanted),) = asked["RequestItems"].items()
    return {"Responses": {table: [_row(key["order_id"]["S"]) for key in wanted["Keys"]]}}


def _statuses(event: Json) -> Json:
    """What qr_orders-get_statuses answers."""
    status = {
        "external_order_id": "A-1021",
        "payment_status": "new",
        "partner_status": "open",
        "total": "1570.00",
        "refunded": "0.00",
        "currency": "RUB",
        "version": 1,
        "updated_at": "2026-01-02T10:00:00.000Z",
        "expires_at": "2032-01-02T14:00:00.000Z",
    }
    ids = json.loads(event["body"])["order_ids"]
    orders = [{"order_id": order_id, **status} for order_id in ids]
    body = json.dumps({"orders": orders, "not_found": []})
    return {"statusCode": 200, "headers": {}, "body": body}


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    # One packet an answer: else the delayed acknowledgement of the first is what is measured.
    wbufsize = -1
    disable_nagle_algorithm = True

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["content-length"])))
        body = json.dumps(self._found(asked)).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/x-amz-json-1.0")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _found(self, asked: Json) -> Json:
        if self.path.startswith(_INVOKE):
            return _statuses(asked)
        operation = self.headers["X-Amz-Target"].rpartition(".")[2]
        if operation in ("GetItem", "TransactWriteItems"):
            return {}  # no such row; written
        if operation == "BatchGetItem":
            return _batch(asked)
        raise ValueError(f"no canned answer to {operation}")

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing."""


@contextmanager
def listening() -> Iterator[str]:
    """Inside, the stub answers at the address that is given."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    server.daemon_threads = True
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
