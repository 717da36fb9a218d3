"""The scenes of `make demo`: what guests and a till do to one stack, and what must come of it."""

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import requests

from local.actors import Guest, Json, Till, Unexpected
from local.bill import BILL
from local.narration import Differs, same, say, step, wait_for
from local.receipt_reader import read_receipt
from local.stack import ROOT, Stack
from shared.http_event import event

TOTAL = BILL["total"]


@dataclass(frozen=True, slots=True)
class Place:
    """A restaurant with its till and two guests at the table; `facts` as in build/local.json."""

    stack: Stack
    facts: Json
    till: Till
    guest: Guest
    friend: Guest

    def open(self, number: str) -> Json:
        """The till opens the demo's bill under `number`; what a guest sees of it."""
        opened = self.till.open(BILL | {"restaurant_id": "r1", "order_id": number})
        say(f"order {opened['id']}, QR {opened['qr']['url']}, code {opened['qr']['short_code']}")
        return self.guest.preorder(opened["qr"]["url"])

    def inside(self, order_id: str) -> Json:
        """The order as qr_orders knows it, asked as an operator would from the console."""
        asked = event("GET", "/qr-orders/v1/get", query={"order_id": order_id})
        answer = self.stack.client("lambda").invoke(
            FunctionName="dev-qr_orders-get", Payload=json.dumps(asked).encode()
        )
        found: Json = json.loads(json.loads(answer["Payload"].read())["body"])
        return found

    def ledger(self, order_id: str) -> Json:
        """The engine's own book of the order's last invoice."""
        invoice_id = self.inside(order_id)["invoice_id"]
        found: Json = self.sandbox("transactions", f"/v1/ledger/{invoice_id}").json()
        return found

    def intents(self, user_id: str, order_id: str) -> list[str]:
        """What a guest was told about an order."""
        told = self.sandbox("notify", f"/messages/{user_id}").json()["messages"]
        return [each["intent"] for each in told if each["params"]["order_id"] == order_id]

    def receipts(self, order_id: str) -> list[Json]:
        found: list[Json] = self.guest.history(order_id)["receipts"]
        return found

    def sandbox(self, system: str, path: str) -> requests.Response:
        return requests.get(self.facts["sandbox"][system] + path, timeout=10)

    def wait_for_till(self, order_id: str, status: str) -> None:
        wait_for("the till polls", lambda: self.till.status(order_id), status)

    def wait_for_payment(self, order_id: str, payment: str) -> None:
        wait_for("payment", lambda: self.inside(order_id)["status"]["payment"], payment)


def place_of(stack: Stack, facts: Json) -> Place:
    """The seeded restaurant of a running stack, as `local.running` describes it."""
    client_api = facts["apis"]["client_api"]
    return Place(
        stack,
        facts,
        Till(facts["apis"]["qr_partner_integration"], facts["partner"]["api_key"]),
        Guest(client_api, facts["client"]["jwt"]),
        Guest(client_api, stack.jwt("demo-friend")),
    )


def methods(seen: Json) -> dict[str, Json]:
    return {method["id"]: method for method in seen["payment_methods"]}


def bill_is_paid(place: Place) -> str:
    step("The till opens an order, the guest scans it and sees the bill")
    seen = place.open("A-1021")
    order_id = str(seen["order"]["id"])
    same("the till polls", place.till.status(order_id), "NEW")
    for item in seen["order"]["items"]:
        say(f"{item['name']:24} {item['quantity']} × {item['price']:>8} = {item['total']:>8}")
    same("total", seen["order"]["total"], TOTAL)
    say(f"methods: {', '.join(methods(seen))}")

    step("The guest pays with card-ok")
    card = methods(seen)["card-ok"]
    paid = place.guest.pay(seen["order"], card, key=f"demo-{order_id}")
    same("the app shows", paid["status"], "processing")
    same("the till polls", place.till.status(order_id), "PAYMENT_IN_PROGRESS")
    repeat = place.guest.pay(seen["order"], card, key=f"demo-{order_id}")
    say(f"a second tap: {repeat['status']}, still one invoice")
    place.wait_for_till(order_id, "PAID")
    same("the app shows", place.guest.retrieve(order_id)["status"], "success")
    return order_id


def order_is_closed(place: Place, order_id: str) -> None:
    step("The till closes the order, the hold is cleared")
    same("the till is told", place.till.close(order_id), "CLOSED")
    place.wait_for_payment(order_id, "cleared")
    ledger, inside = place.ledger(order_id), place.inside(order_id)
    for entry in ledger["entries"]:
        say(f"ledger of the engine: {entry['kind']} {entry['amount']}")
    for name, wanted in (("held", TOTAL), ("cleared", TOTAL), ("refunded", "0.00")):
        same(f"{name}, by the engine", ledger[name], wanted)
        same(f"{name}, by the order", inside[name], wanted)
    same("still held", ledger["open"], "0.00")


def receipt_is_given(place: Place, order_id: str) -> None:
    step("Eda has the document, the guest has the receipt")
    invoice_id = place.inside(order_id)["invoice_id"]
    wait_for("receipts in the history", lambda: len(place.receipts(order_id)), 1)
    (link,) = place.receipts(order_id)
    fiscal = place.sandbox("eda", f"/v1/invoices/{invoice_id}/documents/1/receipt").json()
    same(f"Eda's document {invoice_id}/1, kopecks", fiscal["totalSum"], 154000)
    same(f"{link['title']}, sum", link["sum"], TOTAL)
    pdf = download(link["url"])
    file = ROOT / "build" / "demo" / "receipt.pdf"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(pdf)
    say(f"{len(pdf)} bytes of PDF, look at {file.relative_to(ROOT)}")
    _compare(pdf, fiscal)
    _cashback_is_credited(place, order_id)


def _cashback_is_credited(place: Place, order_id: str) -> None:
    """By the cashback service, which heard of the payment on the bus: 5 % in whole roubles."""
    guest, told = place.facts["client"]["user_id"], ["order_paid", "cashback_credited"]
    wait_for("the guest was told", lambda: place.intents(guest, order_id), told)
    wait_for("cashback, by the order", lambda: place.inside(order_id)["cashback"], "77.00")
    books = place.sandbox("cashback", f"/v1/ledger/{order_id}").json()
    same("cashback, by the service that credits, kopecks", books["credited"], 7700)


def download(link: str) -> bytes:
    """Through the lasting link to a fresh one of a few minutes."""
    hop = requests.get(link, allow_redirects=False, timeout=10)
    same("the lasting link answers", hop.status_code, 302)
    answer = requests.get(hop.headers["Location"], timeout=10)
    same("the file's type", answer.headers["Content-Type"], "application/pdf")
    return answer.content


def _compare(pdf: bytes, fiscal: Json) -> None:
    read = read_receipt(pdf)
    text = " ".join(read.text.split())
    moment = fiscal["dateTime"].replace("-", "").replace(":", "")[:13]
    code = (
        f"t={moment}&s={TOTAL}&fn={fiscal['fiscalDriveNumber']}"
        f"&i={fiscal['fiscalDocumentNumber']}&fp={fiscal['fiscalSign']}&n=1"
    )
    same("the QR on paper", read.qr, code)
    names = [item["name"] for item in BILL["items"]]
    same("lines on paper", [name for name in names if name in text], names)
    same("the total on paper", "1 540,00" in text, True)


def card_is_declined(place: Place) -> str:
    step("A card is declined, another one pays the same order")
    seen = place.open("A-1022")
    order, cards, order_id = seen["order"], methods(seen), str(seen["order"]["id"])
    place.guest.pay(order, cards["card-insufficient"], key=f"first-{order_id}")
    wait_for("the app shows", lambda: place.guest.retrieve(order_id)["status"], "failed")
    failure = place.guest.retrieve(order_id)["failure"]
    same("because of", failure["code"], "insufficient_funds")
    same("the till polls", place.till.status(order_id), "NEW")
    place.guest.pay(order, cards["card-ok"], key=f"second-{order_id}")
    place.wait_for_till(order_id, "PAID")
    same("attempts", place.inside(order_id)["attempt"], 2)
    same("held once", place.ledger(order_id)["held"], TOTAL)
    same("the till is told", place.till.close(order_id), "CLOSED")
    place.wait_for_payment(order_id, "cleared")
    return order_id


def two_guests_pay_at_once(place: Place) -> str:
    step("Two guests pay one bill at once")
    seen = place.open("A-1023")
    order, order_id = seen["order"], str(seen["order"]["id"])

    def pay(guest: Guest) -> str:
        try:
            card = methods(seen)["card-ok"]
            return str(guest.pay(order, card, key=f"{id(guest)}-{order_id}")["status"])
        except Unexpected as refusal:
            return f"{refusal.status} {refusal.code}"

    with ThreadPoolExecutor(2) as table:
        answers = sorted(table.map(pay, (place.guest, place.friend)))
    # Who comes when the money is held already is told so by the other name.
    refused = [code for code in ("already_paying", "order_already_paid") if code in answers[0]]
    if not refused or answers[1] != "processing":
        raise Differs(f"two guests were answered {answers}")
    say(f"one is answered {answers[1]}, the other {answers[0]}")
    place.wait_for_till(order_id, "PAID")
    same("attempts", place.inside(order_id)["attempt"], 1)
    same("held once", place.ledger(order_id)["held"], TOTAL)
    return order_id


def order_is_cancelled(place: Place, order_id: str) -> None:
    step("The till cancels the paid order, the money goes back")
    same("the till is told", place.till.cancel(order_id), "CANCELLED")
    place.wait_for_payment(order_id, "cancelled")
    ledger = place.ledger(order_id)
    for name, wanted in (("voided", ledger["held"]), ("cleared", "0.00"), ("open", "0.00")):
        same(f"{name}, by the engine", ledger[name], wanted)
    inside = place.inside(order_id)
    document = f"/v1/invoices/{inside['invoice_id']}/documents/1/receipt"
    same("Eda knows the document", place.sandbox("eda", document).status_code, 404)
    same("receipts", inside["receipts"], [])
    guest = inside["user_id"]
    wait_for("the guest was told", lambda: place.intents(guest, order_id), ["order_cancelled"])


def history_is_shown(place: Place, closed: list[str]) -> None:
    step("The guest looks at the history")
    for order in place.guest.orders():
        say(f"{order['created_at']} {order['partner']['name']} {order['total']} {order['status']}")
    found = [order for order in place.guest.orders() if order["order_id"] in closed]
    same("newest first", [order["order_id"] for order in found], closed[::-1])
    same("as paid", [order["status"] for order in found], ["success"] * len(closed))
    friends = {order["order_id"] for order in place.friend.orders()}
    same("the friend sees none of them", friends & set(closed), set())
