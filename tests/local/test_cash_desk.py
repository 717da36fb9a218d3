"""local.cash_desk: buys by the algorithm of the protocol; prints nothing that is not paid."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from local import desk_command
from local.cash_desk import CashDesk
from local.desk_command import arguments, facts_of, play

FACTS = {"base_url": "https://desks.example", "client_id": "cm_1", "secret": "s"}
NOBODY = OSError("no answer")


class Line:
    """The other end: answers what it is told to, keeps what it is asked and when."""

    def __init__(self, *answers: Any) -> None:
        self.answers: Iterator[Any] = iter(answers)
        self.asked: list[tuple[str, float]] = []
        self.clock = 1_767_348_000.0

    def __call__(self, url: str, body: bytes, headers: Mapping[str, str]) -> tuple[int, Any]:
        self.asked.append((url.rpartition("/")[2], self.clock - 1_767_348_000))
        answer = next(self.answers)
        if isinstance(answer, OSError):
            raise answer
        result, state = answer
        return 200, {"result": result, "state": state}

    def pause(self, seconds: float) -> None:
        self.clock += seconds

    def desk(self, **changes: Any) -> CashDesk:
        now = lambda: self.clock  # noqa: E731
        return CashDesk(FACTS, self, pause=self.pause, now=now, **changes)


def bought(line: Line, **changes: Any) -> tuple[int, str, bool]:
    told = line.desk(**changes).buy(7, "YM1.ok", "5.00", str)
    return told.result, told.state, told.paid


def test_what_is_paid_at_once_is_asked_for_once() -> None:
    line = Line((0, "PAID"))

    assert bought(line) == (0, "PAID", True)
    assert line.asked == [("authorize", 0)]


def test_a_driver_who_thinks_is_asked_about_every_three_seconds() -> None:
    line = Line((1, "WAITING"), (1, "WAITING"), (0, "PAID"))

    assert bought(line) == (0, "PAID", True)
    assert line.asked == [("authorize", 0), ("status", 3), ("status", 6)]


@pytest.mark.parametrize("unknown", [(50, ""), (51, "NEW"), NOBODY])
def test_what_is_unknown_is_asked_about_and_not_bought_again(unknown: Any) -> None:
    line = Line(unknown, (22, "DECLINED"))

    assert bought(line) == (22, "DECLINED", False)
    assert [operation for operation, _ in line.asked] == ["authorize", "status"]


def test_when_time_is_over_it_reverses_until_it_is_told_that_it_has() -> None:
    line = Line(*[(1, "WAITING")] * 3, NOBODY, (51, "WAITING"), (0, "REVERSED"))

    assert bought(line, patience_s=6) == (0, "REVERSED", False)
    assert line.asked[-3:] == [("reverse", 15), ("reverse", 20), ("reverse", 35)]


def test_a_refusal_is_neither_asked_about_nor_reversed() -> None:
    line = Line((10, "DECLINED"))

    assert bought(line) == (10, "DECLINED", False)
    assert len(line.asked) == 1


def test_the_command_line_speaks_to_the_client_of_make_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = tmp_path / "local.json"
    place.write_text(json.dumps({"mobi": FACTS}))
    monkeypatch.setattr(desk_command, "DESCRIPTION", place)

    given = arguments(["buy", "YM1.ok", "5.00", "--wrong"])
    assert facts_of(given) == {**FACTS, "secret": "sx"}

    shown: list[str] = []
    told = play(Line((0, "PAID")).desk(), given, shown.append)
    assert told.paid
    assert shown[-1].startswith("buy: HTTP 200, result 0, PAID")


@pytest.mark.parametrize("words", [["buy", "YM1.ok"], ["refund", "5.00"], ["status"]])
def test_a_command_that_lacks_a_word_is_refused(words: list[str]) -> None:
    with pytest.raises(SystemExit):
        arguments(words)
