"""The guest's payment methods (SPEC B.3): a fixed list, whoever asks, with every test card."""

from typing import Any, Final

_CARD: Final = {"hold": True, "partial_clear": True, "refund": True}


def _card(method_id: str, name: str, masked: str, disabled_reason: str = "") -> dict[str, Any]:
    refusal = {"disabled_reason": disabled_reason} if disabled_reason else {}
    return {
        "type": "card",
        "id": method_id,
        "name": name,
        "short_title": f"•••• {masked[-4:]}",
        "system": "MIR",
        "number_masked": masked,
        "availability": {"available": not disabled_reason, **refusal},
        "supports": _CARD,
    }


AVAILABILITY: Final[dict[str, Any]] = {
    "last_used": {"type": "card", "id": "card-ok"},
    "payment_methods": [
        _card("card-ok", "Card that pays", "220000******0001"),
        _card("card-insufficient", "Card without money", "220000******0002"),
        _card("card-blocked", "Blocked card", "220000******0003", "card_blocked"),
        _card("card-fraud", "Card of a suspect", "220000******0004"),
        _card("card-slow-15", "Card held after 15 seconds", "220000******0012"),
        _card("card-slow-65", "Card held after 65 seconds", "220000******0005"),
        _card("card-3ds", "Card with 3-D Secure", "220000******0006"),
        _card("card-clear-fails-2x", "Card cleared at the third try", "220000******0007"),
        _card("card-refund-fails-2x", "Card refunded at the third try", "220000******0011"),
        _card("card-callback-dup", "Card told of twice", "220000******0008"),
        _card("card-callback-reorder", "Card told of out of order", "220000******0009"),
        _card("card-callback-lost", "Card never told of", "220000******0010"),
        {
            "type": "sbp",
            "id": "sbp",
            "name": "Instant bank transfer",
            "short_title": "SBP",
            "availability": {"available": True},
            "supports": {"hold": False, "partial_clear": False, "refund": True},
        },
    ],
}
