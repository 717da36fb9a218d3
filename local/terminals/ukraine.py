"""EasyPay's terminal in Ukraine: XML signed by RSA, a payment in two phases.

Beside the wallet's facts it needs `terminal_key`, the private half of the wallet's `easypay_key`.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from local.terminals.words import XML, Answer, Facts, NotSpoken, Payment, Sent, element, elements


@dataclass(frozen=True, slots=True)
class EasypayXml:
    """Check, Payment and Confirm, Cancel; a cancel names the payment by the park's own number."""

    facts: Facts
    again: str = "0"

    def check(self, payment: Payment) -> Sent:
        return self._sent("Check", payment, {"Account": payment.account})

    def pay(self, payment: Payment) -> Sent:
        said = {"OrderId": payment.txn, "Account": payment.account, "Amount": payment.amount}
        return self._sent("Payment", payment, said)

    def confirm(self, payment: Payment, answer: Answer) -> Sent:
        return self._sent("Confirm", payment, {"PaymentId": answer.number})

    def cancel(self, payment: Payment) -> Sent:
        return self._sent("Cancel", payment, {"PaymentId": payment.txn})

    def status(self, payment: Payment) -> Sent:
        raise NotSpoken("status")

    def read(self, status: int, text: str) -> Answer:
        return Answer(status, element(text, "StatusCode"), element(text, "PaymentId"), text)

    def _sent(self, operation: str, payment: Payment, said: Mapping[str, str]) -> Sent:
        inner = elements({"ServiceId": self.facts.get("service_id", "1"), **said})
        at = payment.at.replace(tzinfo=None).isoformat(timespec="seconds")
        body = (
            '<?xml version="1.0" encoding="UTF-8"?>\n'
            f"<Request><DateTime>{at}</DateTime><Sign></Sign>"
            f"<{operation}>{inner}</{operation}></Request>"
        )
        sign = self._key().sign(body.encode(), PKCS1v15(), SHA1()).hex().upper()  # noqa: S303
        signed = re.sub("<Sign></Sign>", f"<Sign>{sign}</Sign>", body)
        return Sent("POST", body=signed.encode(), headers=XML)

    def _key(self) -> RSAPrivateKey:
        key = load_pem_private_key(self.facts["terminal_key"].encode(), None)
        if not isinstance(key, RSAPrivateKey):
            raise TypeError("terminal_key is no RSA key")
        return key
