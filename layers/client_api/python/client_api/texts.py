"""What guests read, in their language (QA-10)."""

from typing import Final, Literal

from client_api.model import ClientStatus

Locale = Literal["ru", "en"]
_HOME: Final[Locale] = "ru"
_ABROAD: Final[Locale] = "en"
_LOCALES: Final[dict[str, Locale]] = {"ru": "ru", "en": "en", "*": _HOME}

STATUSES: Final[dict[Locale, dict[ClientStatus, str]]] = {
    "ru": {
        ClientStatus.WAITING: "Ожидает оплаты",
        ClientStatus.PROCESSING: "Оплачивается",
        ClientStatus.SUCCESS: "Оплачен",
        ClientStatus.FAILED: "Оплата не прошла",
        ClientStatus.CANCELLED: "Отменён",
        ClientStatus.REFUNDED: "Деньги возвращены",
        ClientStatus.PARTIALLY_REFUNDED: "Часть денег возвращена",
        ClientStatus.EXPIRED: "Срок оплаты истёк",
    },
    "en": {
        ClientStatus.WAITING: "Waiting for payment",
        ClientStatus.PROCESSING: "Payment in progress",
        ClientStatus.SUCCESS: "Paid",
        ClientStatus.FAILED: "Payment failed",
        ClientStatus.CANCELLED: "Cancelled",
        ClientStatus.REFUNDED: "Refunded",
        ClientStatus.PARTIALLY_REFUNDED: "Partially refunded",
        ClientStatus.EXPIRED: "Expired",
    },
}
UNKNOWN_FAILURE: Final = "technical_error"
# Decline codes of SPEC B.1. A suspected fraud is told as the bank tells it: a refusal.
FAILURES: Final[dict[Locale, dict[str, str]]] = {
    "ru": {
        "insufficient_funds": "На карте не хватает денег. Попробуйте другую карту.",
        "card_blocked": "Карта заблокирована. Попробуйте другую карту.",
        "do_not_honor": "Банк отклонил платёж. Попробуйте другую карту или спросите банк.",
        "limit_exceeded": "Превышен лимит карты. Попробуйте другую карту.",
        "expired_card": "Срок действия карты истёк. Попробуйте другую карту.",
        "three_ds_failed": "Платёж не подтверждён. Попробуйте ещё раз.",
        "fraud_suspected": "Банк отклонил платёж. Попробуйте другую карту или спросите банк.",
        UNKNOWN_FAILURE: "Оплата не прошла. Попробуйте ещё раз.",
    },
    "en": {
        "insufficient_funds": "Not enough money on the card. Try another card.",
        "card_blocked": "The card is blocked. Try another card.",
        "do_not_honor": "The bank declined the payment. Try another card or ask the bank.",
        "limit_exceeded": "The card's limit is exceeded. Try another card.",
        "expired_card": "The card has expired. Try another card.",
        "three_ds_failed": "The payment was not confirmed. Try again.",
        "fraud_suspected": "The bank declined the payment. Try another card or ask the bank.",
        UNKNOWN_FAILURE: "The payment failed. Try again.",
    },
}


def failure_text(code: str, accept_language: str) -> str:
    texts = FAILURES[locale_of(accept_language)]
    return texts.get(code, texts[UNKNOWN_FAILURE])


def locale_of(accept_language: str) -> Locale:
    """The best of Russian and English by an Accept-Language header; Russian without one."""
    wanted = [_weighed(part) for part in accept_language.lower().split(",") if part.strip()]
    for weight, language in sorted(wanted, key=lambda pair: -pair[0]):
        if weight > 0 and language in _LOCALES:
            return _LOCALES[language]
    return _ABROAD if wanted else _HOME


def _weighed(part: str) -> tuple[float, str]:
    tag, _, parameter = part.strip().partition(";")
    try:
        weight = float(parameter.strip().removeprefix("q=") or 1)
    except ValueError:
        weight = 0.0
    return weight, tag.partition("-")[0].strip()
