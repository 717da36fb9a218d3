"""Terminals and wallets of Armenia: TellCell, Idram, EasyPay's REST."""

import base64
import hashlib
import hmac
import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode

from local.terminals.words import (
    Answer,
    Facts,
    NotSpoken,
    Payment,
    Sent,
    element,
    told,
)

_FORM: Final = {"Content-Type": "application/x-www-form-urlencoded"}
_PAYER: Final = "200000222"
_AMOUNT: Final = "<amount>"


@dataclass(frozen=True, slots=True)
class TellCell:
    """CyberPlat's actions in a query, signed when the wallet has a secret."""

    facts: Facts
    again: str = "0"

    def check(self, payment: Payment) -> Sent:
        return self._sent("check", {"number": payment.account, "amount": payment.amount})

    def pay(self, payment: Payment) -> Sent:
        said = {"number": payment.account, "amount": payment.amount, "receipt": payment.txn}
        when = payment.at.replace(tzinfo=None).isoformat(timespec="seconds")
        return self._sent("payment", {**said, "date": when})

    def cancel(self, payment: Payment) -> Sent:
        return self._sent("cancel", {"receipt": payment.txn, "mes": "1"})

    def status(self, payment: Payment) -> Sent:
        return self._sent("status", {"receipt": payment.txn})

    def read(self, status: int, text: str) -> Answer:
        return Answer(status, element(text, "code"), element(text, "authcode"), text)

    def _sent(self, action: str, more: Mapping[str, str]) -> Sent:
        said = told({"action": action, **more})
        secret = self.facts.get("sign_secret")
        if secret:
            names = ("action", "number", "amount", "receipt", "date")
            values = [*(said.get(name, "") for name in names), secret]
            text = self.facts.get("sign_separator", "").join(values)
            said["sign"] = hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()
        return Sent("GET", urlencode(said))


@dataclass(frozen=True, slots=True)
class Idram:
    """EDP_ forms: a precheck, and a confirm that is signed; OK or XML in."""

    facts: Facts
    again: str = "0"

    def check(self, payment: Payment) -> Sent:
        return self._sent({"EDP_PRECHECK": "YES", **self._bill(payment)})

    def pay(self, payment: Payment) -> Sent:
        said = {
            **self._bill(payment),
            "EDP_PAYER_ACCOUNT": _PAYER,
            "EDP_TRANS_ID": payment.txn,
            "EDP_TRANS_DATE": payment.at.strftime("%d/%m/%Y"),
        }
        signed = [
            *(said["EDP_REC_ACCOUNT"], said["EDP_AMOUNT"], self.facts.get("sign_secret", "")),
            *(said["EDP_BILL_NO"], _PAYER, payment.txn, said["EDP_TRANS_DATE"]),
        ]
        digest = hashlib.md5(":".join(signed).encode(), usedforsecurity=False).hexdigest()
        return self._sent({**said, "EDP_CHECKSUM": digest.upper()})

    def cancel(self, payment: Payment) -> Sent:
        raise NotSpoken("cancel")

    def status(self, payment: Payment) -> Sent:
        raise NotSpoken("status")

    def read(self, status: int, text: str) -> Answer:
        code = element(text, "code") or ("0" if text == "OK" else text)
        return Answer(status, code, element(text, "authcode"), text)

    def _bill(self, payment: Payment) -> dict[str, str]:
        return {
            "EDP_BILL_NO": payment.account,
            "EDP_REC_ACCOUNT": self.facts.get("rec_account", ""),
            "EDP_AMOUNT": payment.amount,
        }

    def _sent(self, said: Mapping[str, str]) -> Sent:
        return Sent("POST", body=urlencode(said).encode(), headers=_FORM)


@dataclass(frozen=True, slots=True)
class EasypayRest:
    """EasyPay in Armenia: JSON below the link, an HMAC over values in both directions."""

    facts: Facts
    again: str = "0"

    def check(self, payment: Payment) -> Sent:
        return self._sent("balance-inquiry", [], {}, payment)

    def pay(self, payment: Payment) -> Sent:
        order = str(uuid.uuid5(uuid.NAMESPACE_OID, payment.txn))
        said = {"OrderId": order, "Amount": _AMOUNT}
        return self._sent("payments", [order, payment.amount], said, payment)

    def cancel(self, payment: Payment) -> Sent:
        raise NotSpoken("cancel")

    def status(self, payment: Payment) -> Sent:
        raise NotSpoken("status")

    def read(self, status: int, text: str) -> Answer:
        found = json.loads(text)
        number = str(found.get("PaymentId", "")).removeprefix("p-")
        return Answer(status, "0" if status == 200 else str(status), number, text)

    def _sent(
        self, operation: str, head: list[str], said: Mapping[str, object], payment: Payment
    ) -> Sent:
        kind, service = self.facts.get("account_type", "14"), self.facts.get("service_id", "1")
        nonce = str(uuid.uuid4())
        text = "".join([*head, "5001", service, f"{kind}:{payment.account}:1:", nonce])
        secret = self.facts.get("sign_secret", "").encode()
        digest = base64.b64encode(hmac.digest(secret, text.encode(), "sha256")).decode()
        one = {"TechnicalIndex": 1, "Type": int(kind), "Value": payment.account}
        call = {
            **said,
            "BalanceInquiryId": 5001,
            "MerchantServiceIdentifierId": int(service),
            "Inputs": [one],
        }
        headers = {"Content-Type": "application/json", "Nonce": nonce}
        headers["Authorization"] = f"HMAC {digest}"
        # A number with its two decimals, which json would not write.
        body = json.dumps(call).replace(f'"{_AMOUNT}"', payment.amount)
        return Sent("POST", "", body.encode(), headers, operation)
