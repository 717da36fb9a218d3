"""Every way in which a key is not good: each is one and the same refusal (RELIABILITY 3.1)."""

from collections.abc import Callable
from typing import Final

from qr_partners.tables import GroupRow, KeyRow
from tests.qr_partners.samples import Town


def _empty(_town: Town) -> str:
    return ""


def _malformed(_town: Town) -> str:
    return "qrp_live_короткий"


def _unknown(_town: Town) -> str:
    return f"qrp_live_{'0' * 16}_{'a' * 43}"


def _wrong_secret(town: Town) -> str:
    text = town.key()
    return text[:-1] + ("A" if text[-1] != "A" else "B")


def _other_environment(town: Town) -> str:
    return town.key().replace("qrp_live_", "qrp_test_")


def _two_at_once(town: Town) -> str:
    text = town.key()
    return f"{text},{text}"


def _revoked(town: Town) -> str:
    text = town.key()
    KeyRow(text.split("_")[2]).update([KeyRow.revoked_at.set(1)])
    return text


def _expired(town: Town) -> str:
    text = town.key()
    KeyRow(text.split("_")[2]).update([KeyRow.expires_at.set(1)])
    return text


def _of_a_disabled_group(town: Town) -> str:
    GroupRow(town.group_id).update([GroupRow.enabled.set(False)])
    return town.key()


BAD_KEYS: Final[dict[str, Callable[[Town], str]]] = {
    "empty": _empty,
    "malformed": _malformed,
    "unknown": _unknown,
    "wrong secret": _wrong_secret,
    "other environment": _other_environment,
    "two at once": _two_at_once,
    "revoked": _revoked,
    "expired": _expired,
    "disabled group": _of_a_disabled_group,
}
