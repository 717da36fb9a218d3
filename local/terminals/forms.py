"""Terminals that send forms and small XML: QIWI's family, City24, Elecsnet."""

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from local.terminals.words import (
    XML,
    Answer,
    Facts,
    NotSpoken,
    Payment,
    Sent,
    basic,
    element,
    elements,
    told,
)


@dataclass(frozen=True, slots=True)
class Osmp:
    """QIWI and its family: a query out, XML in."""

    facts: Facts
    again: str = "0"
    extended: bool = False

    def check(self, payment: Payment) -> Sent:
        return self._sent("check", payment, {"sum": payment.amount})

    def pay(self, payment: Payment) -> Sent:
        return self._sent("pay", payment, {"sum": payment.amount, "txn_date": payment.compact_time})

    def cancel(self, payment: Payment) -> Sent:
        return self._more("cancel", payment)

    def status(self, payment: Payment) -> Sent:
        return self._more("status", payment)

    def read(self, status: int, text: str) -> Answer:
        return Answer(status, element(text, "result"), element(text, "prv_txn"), text)

    def _more(self, command: str, payment: Payment) -> Sent:
        if not self.extended:
            raise NotSpoken(command)
        return self._sent(command, payment, {"sum": payment.amount})

    def _sent(self, command: str, payment: Payment, more: Mapping[str, str]) -> Sent:
        said = {"command": command, "txn_id": payment.txn, "account": payment.account, **more}
        return Sent("GET", urlencode(told(said)), headers=basic(self.facts, "login"))


@dataclass(frozen=True, slots=True)
class CommandCall:
    """City24: an XML command with login and password in it; kopecks."""

    facts: Facts
    again: str = "0"

    def check(self, payment: Payment) -> Sent:
        return self._sent("check", payment, {"account": payment.account})

    def pay(self, payment: Payment) -> Sent:
        return self._sent(
            "pay",
            payment,
            {
                "account": payment.account,
                "payID": payment.txn,
                "payTimestamp": payment.compact_time,
                "amount": payment.minor,
            },
        )

    def cancel(self, payment: Payment) -> Sent:
        said = {"account": payment.account, "cancelPayID": payment.txn, "amount": payment.minor}
        return self._sent("cancel", payment, said)

    def status(self, payment: Payment) -> Sent:
        return self._sent("check_status", payment, {"PayID": payment.txn})

    def read(self, status: int, text: str) -> Answer:
        return Answer(status, element(text, "result"), element(text, "extTransactionID"), text)

    def _sent(self, command: str, payment: Payment, more: Mapping[str, str]) -> Sent:
        said = {
            "login": self.facts.get("login", ""),
            "password": self.facts.get("password", ""),
            "command": command,
            "transactionID": payment.txn,
            **more,
        }
        inner = elements(told(said))
        body = f'<?xml version="1.0" encoding="UTF-8"?><commandCall>{inner}</commandCall>'
        return Sent("POST", body=body.encode(), headers=XML)


@dataclass(frozen=True, slots=True)
class NonStop:
    """24NonStop, City24's sister: a signed query out, pay-response in."""

    facts: Facts
    again: str = "-100"

    def check(self, payment: Payment) -> Sent:
        return self._sent("1", payment, [payment.account], {"PAY_ACCOUNT": payment.account})

    def pay(self, payment: Payment) -> Sent:
        said = {"PAY_ACCOUNT": payment.account, "PAY_AMOUNT": payment.amount}
        return self._sent("4", payment, [payment.account], said)

    def cancel(self, payment: Payment) -> Sent:
        raise NotSpoken("cancel")

    def status(self, payment: Payment) -> Sent:
        return self._sent("7", payment, [""], {})

    def read(self, status: int, text: str) -> Answer:
        code = element(text, "status_code")
        return Answer(status, code, "", text, good=("11", "21", "22"))

    def _sent(self, act: str, payment: Payment, payer: list[str], more: Facts) -> Sent:
        service = self.facts.get("service_id", "")
        amount = [more["PAY_AMOUNT"]] if "PAY_AMOUNT" in more else []
        secret = self.facts.get("sign_secret", "")
        text = "_".join([act, *payer, service, payment.txn, *amount, secret])
        digest = hashlib.new(self.facts.get("sign_hash", "md5"), text.encode())
        said = {"ACT": act, **more, "SERVICE_ID": service, "PAY_ID": payment.txn}
        return Sent("GET", urlencode({**said, "SIGN": digest.hexdigest().upper()}))


@dataclass(frozen=True, slots=True)
class Signed:
    """Elecsnet as the wallet's settings describe it: a signed form out, XML in."""

    facts: Facts
    again: str = "0"

    def check(self, payment: Payment) -> Sent:
        return self._sent({"type": "1", "reqid": payment.account, "amount": self._sum(payment)})

    def pay(self, payment: Payment) -> Sent:
        return self._sent(
            {
                "type": "2",
                "reqid": payment.account,
                "amount": self._sum(payment),
                "auth_code": payment.txn,
                "currency": "643",
                "date": payment.compact_time,
            }
        )

    def cancel(self, payment: Payment) -> Sent:
        raise NotSpoken("cancel")

    def status(self, payment: Payment) -> Sent:
        raise NotSpoken("status")

    def read(self, status: int, text: str) -> Answer:
        return Answer(status, element(text, "result"), element(text, "prv_txn"), text)

    def _sum(self, payment: Payment) -> str:
        return payment.minor if self.facts.get("amount_unit") == "minor" else payment.amount

    def _sent(self, said: dict[str, str]) -> Sent:
        secret = self.facts.get("sign_secret", "")
        values = [said.get(name, "") for name in self.facts["sign_fields"].split(",")]
        separator, rule = self.facts.get("sign_separator", ""), self.facts["sign_rule"]
        if rule == "hmac-sha256":
            text = separator.join(values)
            said["sign"] = hmac.digest(secret.encode(), text.encode(), "sha256").hex()
        else:
            text = separator.join([*values, secret])
            said["sign"] = hashlib.new(rule, text.encode()).hexdigest()
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        return Sent("POST", body=urlencode(said).encode(), headers=headers)
