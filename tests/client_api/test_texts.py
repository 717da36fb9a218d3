"""What guests read: no status and no decline is without words of its own."""

import pytest

from client_api.model import ClientStatus
from client_api.texts import FAILURES, STATUSES, Locale, failure_text
from shared.receipt_links import TITLES

# Decline codes of the transactions contract (SPEC B.1).
DECLINES = (
    *("insufficient_funds", "card_blocked", "do_not_honor", "limit_exceeded"),
    *("expired_card", "three_ds_failed", "fraud_suspected"),
)
LOCALES: tuple[Locale, ...] = ("ru", "en")
EVERY_LOCALE = pytest.mark.parametrize("locale", LOCALES)


@EVERY_LOCALE
def test_statuses_are_told_apart(locale: Locale) -> None:
    assert len(set(STATUSES[locale].values())) == len(ClientStatus)


@EVERY_LOCALE
@pytest.mark.parametrize("code", DECLINES)
def test_decline_is_explained_by_more_than_the_general_text(locale: Locale, code: str) -> None:
    assert failure_text(code, locale) != failure_text("moon_phase", locale)


def test_suspected_fraud_reads_as_a_refusal_of_the_bank() -> None:
    for locale in LOCALES:
        assert failure_text("fraud_suspected", locale) == failure_text("do_not_honor", locale)


def test_languages_have_the_same_texts() -> None:
    assert STATUSES["ru"].keys() == STATUSES["en"].keys()
    assert FAILURES["ru"].keys() == FAILURES["en"].keys()
    assert TITLES["ru"].keys() == TITLES["en"].keys()
