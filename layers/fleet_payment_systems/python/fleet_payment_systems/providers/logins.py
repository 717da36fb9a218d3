"""Logins and digests compared in constant time, whatever text was sent in their place."""

import base64
import hmac

from fleet_payment_systems.providers.base import Account, WireRequest


def same(sent: str, known: str) -> bool:
    return hmac.compare_digest(_raw(sent), _raw(known))


def same_pair(login: str, password: str, account: Account, field: str) -> bool:
    """Whether these are the wallet's login, in setting `field`, and password; never without."""
    known, secret = account.settings.get(field), account.credentials.get("password")
    if not known or secret is None or not secret.reveal():
        return False
    # Both are compared whatever the first says.
    return all([same(login, known), same(password, secret.reveal())])


def basic(request: WireRequest, account: Account, field: str) -> bool:
    """Whether HTTP Basic carries the wallet's login, in setting `field`, and its password."""
    secret = account.credentials.get("password")
    if secret is None or not secret.reveal():
        return False
    login = f"{account.settings.get(field, '')}:{secret.reveal()}"
    expected = f"Basic {base64.b64encode(login.encode()).decode()}"
    return same(request.headers.get("authorization", ""), expected)


def _raw(text: str) -> bytes:
    """JSON can write half a surrogate pair, which UTF-8 can not."""
    return text.encode("utf-8", "surrogatepass")
