"""`make pos`: plays a restaurant's till against a local or a deployed stack.

open (the default): sends a bill, shows its QR, polls as it is told to and closes the paid order;
Ctrl-C meanwhile cancels it. watch, close, cancel: the same of an order that is already open.
"""

import json
import sys
import time
from argparse import ArgumentParser, Namespace
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from local.actors import Till, Unexpected
from local.bill import BILL
from local.running import DESCRIPTION

_OVER: Final = frozenset({"CLOSED", "CANCELLED", "REFUNDED", "EXPIRED", "NOT_FOUND"})


@dataclass(frozen=True, slots=True)
class Pos:
    """The till and the person behind it; `say` shows a line, `sleep` waits some seconds."""

    till: Till
    say: Callable[[str], None]
    sleep: Callable[[float], None]

    def open(self, restaurant_id: str, number: str) -> str:
        """Opens the demo's bill under the restaurant's own order number; its id."""
        opened = self.till.open(BILL | {"restaurant_id": restaurant_id, "order_id": number})
        self.say(f"order {opened['id']}, {BILL['total']} {BILL['currency']}")
        self.say(f"QR {opened['qr']['url']}")
        self.say(f"short code {opened['qr']['short_code']}")
        return str(opened["id"])

    def serve(self, order_id: str) -> None:
        """Watches the order, closes it when it is paid, cancels it on Ctrl-C."""
        try:
            if self.watch(order_id, until="PAID") == "PAID":
                self.close(order_id)
        except KeyboardInterrupt:
            self.cancel(order_id)

    def watch(self, order_id: str, until: str = "") -> str:
        """Shows every change of status up to `until` or to a final one, which it returns."""
        shown = ""
        while True:
            status, pause_s = self.till.poll(order_id)
            if status != shown:
                self.say(f"{order_id} is {status}")
                shown = status
            if status == until or status in _OVER:
                return status
            self.sleep(pause_s)

    def close(self, order_id: str) -> None:
        self.say(f"{order_id} is {self.till.close(order_id)}")

    def cancel(self, order_id: str) -> None:
        self.say(f"{order_id} is {self.till.cancel(order_id)}")


def arguments(given: list[str]) -> Namespace:
    """--url and --key; without them those of the stack that `make up` left running."""
    parser = ArgumentParser(prog="python -m local.pos", description=__doc__)
    parser.add_argument("action", nargs="?", default="open", choices=_ACTIONS)
    parser.add_argument("order_id", nargs="?", help="of watch, close and cancel")
    parser.add_argument("--url", help="base URL of the open API")
    parser.add_argument("--key", help="API key of the restaurant")
    parser.add_argument("--restaurant", default="r1", help="the restaurant's id at the till")
    found = parser.parse_args(given)
    if found.action != "open" and not found.order_id:
        parser.error(f"{found.action} which order?")
    if bool(found.url) != bool(found.key):
        parser.error("--url and --key go together")
    if not found.url:
        found.url, found.key = _running()
    return found


def _running() -> tuple[str, str]:
    if not DESCRIPTION.is_file():
        sys.exit("nothing runs here: start `make up` in another terminal, or give --url and --key")
    facts = json.loads(DESCRIPTION.read_text(encoding="utf-8"))
    return facts["apis"]["qr_partner_integration"], facts["partner"]["api_key"]


def _open(pos: Pos, given: Namespace) -> None:
    pos.serve(pos.open(given.restaurant, f"POS-{int(time.time())}"))


_ACTIONS: Final[dict[str, Callable[[Pos, Namespace], object]]] = {
    "open": _open,
    "watch": lambda pos, given: pos.watch(given.order_id),
    "close": lambda pos, given: pos.close(given.order_id),
    "cancel": lambda pos, given: pos.cancel(given.order_id),
}


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def main() -> None:
    given = arguments(sys.argv[1:])
    pos = Pos(Till(given.url.rstrip("/"), given.key), _say, time.sleep)
    try:
        _ACTIONS[given.action](pos, given)
    except Unexpected as refusal:
        sys.exit(f"refused: {refusal}")
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
