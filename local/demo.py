"""`make demo`: a guest pays a restaurant's bill by QR, end to end, on this machine.

Real HTTP, real queues, the templates that go to AWS. Each step prints what happened; the first
difference between what is and what should be ends it with a non-zero code.
"""

import json
import sys
import time
from collections.abc import Callable
from typing import Any, NoReturn

import requests

from local.actors import Guest, Json, Till
from local.receipt_reader import read_receipt
from local.running import running
from local.stack import ROOT, Stack
from shared.http_event import event

# item id, name, quantity, price, discount, total, VAT
LINES = (
    ("1", "Борщ с говядиной", "2", "390.00", "0", "780.00", "20"),
    ("2", "Хлебная корзина", "1", "150.00", "0", "150.00", "20"),
    ("3", "Лосось на гриле", "1", "600.00", "60.00", "540.00", "20"),
    ("4", "Вечер живой музыки", "1", "70.00", "0", "70.00", "none"),
)
FIELDS = ("id", "name", "quantity", "price", "discount", "total", "vat")
BILL: Json = {
    "order_id": "A-1021",
    "version": 1,
    "table": "12",
    "currency": "RUB",
    "total": "1540.00",
    "items": [dict(zip(FIELDS, line, strict=True)) for line in LINES],
}
PATIENCE_S = 30


class Differs(RuntimeError):
    """What is, is not what should be."""


def say(text: str) -> None:
    sys.stdout.write(f"  {text}\n")
    sys.stdout.flush()


def step(title: str) -> None:
    sys.stdout.write(f"\n{title}\n")


def same(what: str, found: object, wanted: object) -> None:
    if found != wanted:
        raise Differs(f"{what}: {found!r}, should be {wanted!r}")
    say(f"{what}: {found}")


def wait_for(what: str, look: Callable[[], Any], wanted: Callable[[Any], bool]) -> Any:
    """Looks until it is as wanted; says what it saw on the way."""
    deadline, seen = time.monotonic() + PATIENCE_S, None
    while time.monotonic() < deadline:
        found = look()
        if found != seen:
            say(f"{what}: {found}")
            seen = found
        if wanted(found):
            return found
        time.sleep(0.2)
    raise Differs(f"{what}: still {seen!r} after {PATIENCE_S} s")


def order_inside(stack: Stack, order_id: str) -> Json:
    """The order as qr_orders knows it, asked as an operator would from the console."""
    asked = event("GET", "/qr-orders/v1/get", query={"order_id": order_id})
    answer = stack.client("lambda").invoke(
        FunctionName="dev-qr_orders-get", Payload=json.dumps(asked).encode()
    )
    found: Json = json.loads(json.loads(answer["Payload"].read())["body"])
    return found


def get(url: str) -> Json:
    answer = requests.get(url, timeout=10)
    answer.raise_for_status()
    found: Json = answer.json()
    return found


def open_and_pay(till: Till, guest: Guest) -> str:
    step("1. The till opens an order")
    opened = till.open(BILL | {"restaurant_id": "r1"})
    order_id = str(opened["id"])
    say(f"order {order_id}, QR {opened['qr']['url']}, short code {opened['qr']['short_code']}")
    same("the till polls", till.status(order_id), "NEW")

    step("2. The guest scans it and sees the bill")
    seen = guest.preorder(opened["qr"]["url"])
    by_code = guest.preorder(opened["qr"]["short_code"])
    same("the short code shows the same bill", by_code == seen, True)
    for item in seen["order"]["items"]:
        say(f"{item['name']:24} {item['quantity']} × {item['price']:>8} = {item['total']:>8}")
    same("total", seen["order"]["total"], BILL["total"])
    methods = {method["id"]: method for method in seen["payment_methods"]}
    say(f"methods: {', '.join(methods)}")

    step("3. The guest pays with card-ok")
    paid = guest.pay(seen["order"], methods["card-ok"], key=f"demo-{order_id}")
    same("the app shows", paid["status"], "processing")
    same("the till polls", till.status(order_id), "PAYMENT_IN_PROGRESS")
    repeat = guest.pay(seen["order"], methods["card-ok"], key=f"demo-{order_id}")
    say(f"a second tap: {repeat['status']}, still one invoice")
    wait_for("the till polls", lambda: till.status(order_id), lambda status: status == "PAID")
    same("the app shows", guest.retrieve(order_id)["status"], "success")
    return order_id


def close(stack: Stack, facts: Json, till: Till, order_id: str) -> str:
    step("4. The till closes the order, the hold is cleared")
    same("the till is told", till.close(order_id), "CLOSED")
    wait_for(
        "payment",
        lambda: order_inside(stack, order_id)["status"]["payment"],
        lambda status: status == "cleared",
    )
    invoice_id = str(order_inside(stack, order_id)["invoice_id"])
    ledger = get(f"{facts['sandbox']['transactions']}/v1/ledger/{invoice_id}")
    for entry in ledger["entries"]:
        say(f"ledger of the engine: {entry['kind']} {entry['amount']}")
    inside = order_inside(stack, order_id)
    for name, wanted in (("held", BILL["total"]), ("cleared", BILL["total"]), ("refunded", "0.00")):
        same(f"{name}, by the engine", ledger[name], wanted)
        same(f"{name}, by the order", inside[name], wanted)
    same("still held", ledger["open"], "0.00")
    return invoice_id


def receipt(facts: Json, guest: Guest, order_id: str, invoice_id: str) -> None:
    step("5. Eda has the document, the guest has the receipt")
    wait_for(
        "receipts in the history",
        lambda: len(guest.history(order_id)["receipts"]),
        lambda count: count == 1,
    )
    (link,) = guest.history(order_id)["receipts"]
    fiscal = get(f"{facts['sandbox']['eda']}/v1/invoices/{invoice_id}/documents/1/receipt")
    same(f"Eda's document {invoice_id}/1, kopecks", fiscal["totalSum"], 154000)
    same(f"{link['title']}, sum", link["sum"], BILL["total"])
    pdf = download(link["url"])
    place = ROOT / "build" / "demo" / "receipt.pdf"
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(pdf)
    say(f"{len(pdf)} bytes of PDF, look at {place.relative_to(ROOT)}")
    compare(pdf, fiscal)


def download(link: str) -> bytes:
    """Through the lasting link to a fresh one of a few minutes."""
    hop = requests.get(link, allow_redirects=False, timeout=10)
    same("the lasting link answers", hop.status_code, 302)
    answer = requests.get(hop.headers["Location"], timeout=10)
    same("the file's type", answer.headers["Content-Type"], "application/pdf")
    return answer.content


def compare(pdf: bytes, fiscal: Json) -> None:
    read = read_receipt(pdf)
    text = " ".join(read.text.split())
    moment = fiscal["dateTime"].replace("-", "").replace(":", "")[:13]
    code = (
        f"t={moment}&s={BILL['total']}&fn={fiscal['fiscalDriveNumber']}"
        f"&i={fiscal['fiscalDocumentNumber']}&fp={fiscal['fiscalSign']}&n=1"
    )
    same("the QR on paper", read.qr, code)
    names = [item["name"] for item in BILL["items"]]
    same("lines on paper", [name for name in names if name in text], names)
    same("the total on paper", "1 540,00" in text, True)


def play(stack: Stack, facts: Json) -> None:
    till = Till(facts["apis"]["qr_partner_integration"], facts["partner"]["api_key"])
    guest = Guest(facts["apis"]["client_api"], facts["client"]["jwt"])
    order_id = open_and_pay(till, guest)
    invoice_id = close(stack, facts, till, order_id)
    receipt(facts, guest, order_id, invoice_id)
    messages = get(f"{facts['sandbox']['notify']}/messages/{facts['client']['user_id']}")
    intents = [message["intent"] for message in messages["messages"]]
    same("the guest was told", intents, ["order_paid"])
    same("at the end the till polls", till.status(order_id), "CLOSED")


def fail(stack: Stack, problem: Exception) -> NoReturn:
    sys.stderr.write(f"\nThe demo failed: {problem}\n\n{stack.logs()}\n")
    raise SystemExit(1)


def main() -> None:
    started = time.monotonic()
    with running() as (stack, facts):
        say(f"the stack runs at {stack.endpoint_url}, {time.monotonic() - started:.1f} s")
        try:
            play(stack, facts)
        except Exception as problem:
            fail(stack, problem)
    sys.stdout.write(f"\nAll as it should be, in {time.monotonic() - started:.1f} s.\n")


if __name__ == "__main__":
    main()
