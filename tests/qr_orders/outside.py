"""The systems around qr_orders at the HTTP boundary: what they answer, and what they were asked."""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final

import requests
import responses

from tests.support.intrinsics import Json

HOST: Final = "http://outside.example"
URLS: Final = {
    "TransactionsUrl": f"{HOST}/transactions",
    "EdaUrl": f"{HOST}/eda",
    "NotifyUrl": f"{HOST}/notify",
    "QrBaseUrl": "https://pay.example",
}
INVOICES: Final = "/transactions/v1/invoices"
NOTIFICATIONS: Final = "/notify/v1/notifications"
_Answer = tuple[int, dict[str, str], str | bytes] | Exception


@dataclass(frozen=True, slots=True)
class Asked:
    method: str
    path: str
    body: Any
    key: str


@dataclass(slots=True)
class Outside:
    """Nobody answers (a connection error) where nothing was said."""

    asked: list[Asked] = field(default_factory=list)
    published: list[Json] = field(default_factory=list)
    refused_events: int = 0
    _answers: dict[tuple[str, str], _Answer] = field(default_factory=dict)

    def forget(self) -> None:
        self.asked.clear()
        self.published.clear()
        self.refused_events = 0
        self._answers.clear()

    def says(self, method: str, path: str, body: Any = None, status: int = 200) -> None:
        text = body if isinstance(body, bytes) else json.dumps({} if body is None else body)
        self._answers[method, path] = (status, {}, text)

    def refuses(self, method: str, path: str, status: int, code: str) -> None:
        self.says(method, path, {"code": code, "message": "", "details": {}}, status)

    def times_out(self, method: str, path: str) -> None:
        self._answers[method, path] = requests.ReadTimeout()

    def accepts_payments(self, order_id: str, attempt: int = 1) -> None:
        self.says("POST", INVOICES, {"version": 0, "status": "init"})
        self.says("POST", f"{INVOICES}/{order_id}-{attempt}/update", {"version": 1})

    def has_invoice(self, order_id: str, status: str, **changes: Any) -> None:
        """The current invoice of the sample order, as retrieve shows it."""
        held = "1570.00" if status in ("held", "clearing", "cleared") else "0.00"
        found = {
            **{"id": f"{order_id}-1", "version": 1, "status": status, "currency": "RUB"},
            **{"held": held, "cleared": held if status == "cleared" else "0.00"},
            **{"refunded": "0.00", "items": [], "operations": [], "transactions": []},
            **changes,
        }
        self.says("GET", f"{INVOICES}/{order_id}-1", found)

    def put_events(self, parameters: Json) -> Json:
        """The bus: keeps every entry, or refuses the next ones with a success answer."""
        entries = parameters["Entries"]
        if self.refused_events:
            self.refused_events -= 1
            refused = [{"ErrorCode": "ThrottlingException"}] * len(entries)
            return {"FailedEntryCount": len(entries), "Entries": refused}
        self.published += entries
        return {"FailedEntryCount": 0, "Entries": [{"EventId": "e"}] * len(entries)}

    def bodies(self, method: str, path: str) -> list[Any]:
        """What was sent there, in order."""
        return [one.body for one in self.asked if (one.method, one.path) == (method, path)]

    def _answer(self, request: requests.PreparedRequest) -> _Answer:
        method, path = str(request.method), str(request.url).removeprefix(HOST)
        sent: Any = request.body
        key = str(request.headers.get("Idempotency-Key", ""))
        self.asked.append(Asked(method, path, json.loads(sent) if sent else None, key))
        return self._answers.get((method, path), requests.ConnectionError())


@contextmanager
def outside() -> Iterator[Outside]:
    """Inside, every HTTP request of the code goes to the systems yielded."""
    found = Outside()
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        for method in ("GET", "POST", "PUT"):
            mock.add_callback(method, re.compile(f"{HOST}/.*"), found._answer)
        yield found


def fiscal_receipt(total: int = 157000, **changes: Any) -> Json:
    """What an OFD knows of the sample bill; `total` in kopecks."""
    item = {"name": "Обед", "price": total, "quantity": 1, "sum": total, "nds": 6}
    return {
        **{"user": "ООО «Демо Ресторан»", "userInn": "7700000000"},
        "retailPlaceAddress": "101000, г. Москва, ул. Примерная, д. 1",
        **{"dateTime": "2026-01-02T13:03:00", "shiftNumber": 1, "requestNumber": 1},
        **{"operationType": 1, "appliedTaxationType": 1, "totalSum": total},
        "items": [item | {"paymentType": 4, "productType": 1}],
        **{"cashTotalSum": 0, "ecashTotalSum": total, "prepaidSum": 0, "creditSum": 0},
        **{"provisionSum": 0, "ndsNo": total, "kktRegId": "0001234567012345"},
        **{"fiscalDriveNumber": "9960440300000001", "fiscalDocumentNumber": 1},
        **{"fiscalSign": 1, "fiscalDocumentFormatVer": 4, "fnsUrl": "www.nalog.gov.ru"},
        **changes,
    }
