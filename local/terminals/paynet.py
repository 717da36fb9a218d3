"""Paynet's terminals, of both generations."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from local.terminals.words import XML, Answer, Facts, Payment, Sent, basic, element, elements

_SOAP: Final = "http://schemas.xmlsoap.org/soap/envelope/"
_SERVICE: Final = "http://uws.provider.com/"


@dataclass(frozen=True, slots=True)
class PaynetSoap:
    """Paynet's SOAP 1.1 service; tiyin."""

    facts: Facts
    again: str = "201"

    def check(self, payment: Payment) -> Sent:
        return self._sent("GetInformation", {}, payment.account)

    def pay(self, payment: Payment) -> Sent:
        said = {
            "amount": payment.minor,
            "transactionId": payment.txn,
            "transactionTime": payment.at.isoformat(timespec="seconds"),
        }
        return self._sent("PerformTransaction", said, payment.account)

    def cancel(self, payment: Payment) -> Sent:
        return self._sent("CancelTransaction", {"transactionId": payment.txn})

    def status(self, payment: Payment) -> Sent:
        return self._sent("CheckTransaction", {"transactionId": payment.txn})

    def read(self, status: int, text: str) -> Answer:
        return Answer(status, element(text, "status"), element(text, "providerTrnId"), text)

    def _sent(self, method: str, said: Mapping[str, str], account: str = "") -> Sent:
        login = {name: self.facts.get(name, "") for name in ("password", "username")}
        key = self.facts.get("account_key", "clientid")
        pair = elements({"paramKey": key, "paramValue": account})
        inner = elements(login) + (f"<parameters>{pair}</parameters>" if account else "")
        inner += elements({"serviceId": self.facts.get("service_id", "1"), **said})
        name = f"{method}Arguments"
        body = (
            f'<?xml version="1.0" encoding="UTF-8"?><soapenv:Envelope xmlns:soapenv="{_SOAP}" '
            f'xmlns:uws="{_SERVICE}"><soapenv:Header/><soapenv:Body><uws:{name}>{inner}'
            f"</uws:{name}></soapenv:Body></soapenv:Envelope>"
        )
        return Sent("POST", body=body.encode(), headers={**XML, "SOAPAction": '""'})


@dataclass(frozen=True, slots=True)
class PaynetRpc:
    """Paynet's JSON-RPC 2.0 generation: HTTP Basic, tiyin."""

    facts: Facts
    again: str = "201"

    def check(self, payment: Payment) -> Sent:
        return self._sent("GetInformation", {"fields": self._payer(payment)})

    def pay(self, payment: Payment) -> Sent:
        said = {
            "amount": int(payment.minor),
            "transactionId": int(payment.txn),
            "transactionTime": payment.at.strftime("%Y-%m-%d %H:%M:%S"),
            "fields": self._payer(payment),
        }
        return self._sent("PerformTransaction", said)

    def cancel(self, payment: Payment) -> Sent:
        return self._sent("CancelTransaction", {"transactionId": int(payment.txn)})

    def status(self, payment: Payment) -> Sent:
        return self._sent("CheckTransaction", {"transactionId": int(payment.txn)})

    def read(self, status: int, text: str) -> Answer:
        if status != 200:
            return Answer(status, "", "", text)
        found = json.loads(text)
        code = str(found["error"]["code"]) if "error" in found else "0"
        return Answer(status, code, str(found.get("result", {}).get("providerTrnId", "")), text)

    def _payer(self, payment: Payment) -> dict[str, str]:
        return {self.facts.get("account_key", "clientid"): payment.account}

    def _sent(self, method: str, said: Mapping[str, object]) -> Sent:
        params = {"serviceId": int(self.facts.get("service_id", "1")), **said}
        call = {"jsonrpc": "2.0", "id": 1, "method": method, "params": params}
        headers = {"Content-Type": "application/json", **basic(self.facts, "username")}
        return Sent("POST", body=json.dumps(call).encode(), headers=headers)
