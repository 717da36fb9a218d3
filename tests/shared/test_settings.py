"""shared.settings: typed, complete, or a start that fails and says what is missing."""

from dataclasses import dataclass

import pytest

from shared.settings import MissingSettings, from_env, names


@dataclass(frozen=True)
class Shop:
    orders_table: str
    page_size: int


def test_fields_are_read_from_upper_case_names_with_their_types() -> None:
    found = from_env(Shop, {"ORDERS_TABLE": "test-orders", "PAGE_SIZE": "50", "OTHER": "x"})

    assert found == Shop("test-orders", 50)


def test_environment_of_the_process_is_the_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ORDERS_TABLE", "test-orders")
    monkeypatch.setenv("PAGE_SIZE", "7")

    assert from_env(Shop).page_size == 7


@pytest.mark.parametrize(
    ("environ", "wrong"),
    [
        ({}, "ORDERS_TABLE, PAGE_SIZE"),
        ({"ORDERS_TABLE": "t"}, "PAGE_SIZE"),
        ({"ORDERS_TABLE": "t", "PAGE_SIZE": "many"}, "PAGE_SIZE"),
    ],
)
def test_everything_missing_or_unreadable_is_named_at_once(
    environ: dict[str, str], wrong: str
) -> None:
    with pytest.raises(MissingSettings, match=f": {wrong}$"):
        from_env(Shop, environ)


def test_complaint_does_not_quote_a_value() -> None:
    with pytest.raises(MissingSettings) as problem:
        from_env(Shop, {"ORDERS_TABLE": "t", "PAGE_SIZE": "hunter2"})

    assert "hunter2" not in str(problem.value)


def test_names_are_those_that_are_read() -> None:
    assert names(Shop) == {"ORDERS_TABLE", "PAGE_SIZE"}
