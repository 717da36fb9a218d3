"""shared.logs: JSON lines of an event name and ids; no payload, no text of an exception (AR-18)."""

import pytest

from shared import logs, trace
from shared.secret import Secret
from tests.shared.conftest import Lines


def test_line_is_an_event_name_with_ids_and_the_request(log_lines: Lines) -> None:
    trace.begin("request-of-test", None)

    logs.info("order_paid", order_id="order-1", attempt=2)

    [line] = log_lines()
    assert (line["level"], line["message"]) == ("INFO", "order_paid")
    assert (line["request_id"], line["order_id"]) == ("request-of-test", "order-1")
    assert line["attempt"] == 2


def test_levels_are_told_apart(log_lines: Lines) -> None:
    logs.info("a")
    logs.warning("b")
    logs.error("c")

    assert [line["level"] for line in log_lines()] == ["INFO", "WARNING", "ERROR"]


def test_exception_gives_its_type_and_place_and_never_its_text(log_lines: Lines) -> None:
    try:
        try:
            raise KeyError("card 4111")
        except KeyError as cause:
            raise ValueError("cvv 123") from cause
    except ValueError as problem:
        logs.error("failed", problem, order_id="order-1")

    [line] = log_lines()
    assert line["error"] == "ValueError"
    assert line["at"].startswith("test_logs.py:")
    assert "4111" not in str(line)
    assert "cvv" not in str(line)


def test_place_of_a_deep_exception_is_bounded(log_lines: Lines) -> None:
    def deep(levels: int) -> None:
        if levels == 0:
            raise ValueError
        deep(levels - 1)

    with pytest.raises(ValueError) as problem:
        deep(50)
    logs.error("failed", problem.value)

    assert len(log_lines()[0]["at"].split(" > ")) == 4


def test_secret_is_stars(log_lines: Lines) -> None:
    logs.error("refused", key=Secret("hunter2"), inside={"key": Secret("hunter2")})

    assert "hunter2" not in str(log_lines())
    assert log_lines()[0]["key"] == "***"


def test_long_value_is_cut(log_lines: Lines) -> None:
    logs.info("seen", reason="x" * 5000)

    assert log_lines()[0]["reason"] == "x" * 200


def test_field_of_a_name_that_logging_keeps_for_itself_gets_another(log_lines: Lines) -> None:
    logs.info("seen", name="a", message="b", module="c", args="d", exc_info="e")

    [line] = log_lines()
    assert line["message"] == "seen"
    assert [line[f"{key}_"] for key in ("name", "message", "module", "args")] == [*"abcd"]


@pytest.mark.parametrize("value", ["a\nb", 'a\r\n{"level":"INFO"}', "a\u2028b", '"},{"x":"'])
def test_line_break_in_a_value_makes_no_second_line(log_lines: Lines, value: str) -> None:
    logs.info("seen", key=value)

    [line] = log_lines()
    assert line["key"] == value


def test_value_of_any_type_is_written(log_lines: Lines) -> None:
    logs.info("seen", none=None, amount=1.5, keys=frozenset({"a"}), flag=True)

    [line] = log_lines()
    assert (line["none"], line["amount"], line["keys"], line["flag"]) == (
        "None",
        "1.5",
        "frozenset({'a'})",
        True,
    )
