"""local.terminal: what is said on a line of the command, and what the terminal says then."""

import json
from pathlib import Path
from typing import Any

import pytest

from local import terminal
from local.terminal import Terminal, arguments, facts_of, play, spoiled
from local.terminals.words import NotSpoken, Sent

LINK = "https://fps.example/fps/v1/city24/01M7XAKN_secretA"
PAID = "<commandResponse><extTransactionID>7</extTransactionID><result>0</result></commandResponse>"


class Line:
    """A link's other end: keeps what it is sent and answers that it is paid."""

    def __init__(self) -> None:
        self.sent: list[Sent] = []

    def __call__(self, link: str, sent: Sent) -> tuple[int, str]:
        self.sent.append(sent)
        return 200, PAID


def test_a_repeat_sends_the_same_bytes_twice_and_shows_both_answers() -> None:
    line, shown = Line(), list[str]()
    given = arguments(["city24", "repeat", "100245", "150.00", "--link", LINK, "--txn", "77"])

    play(Terminal.of("city24", facts_of(given), line), given, shown.append)

    first, second = line.sent
    assert first == second
    assert b"<payID>77</payID>" in first.body
    assert b"<amount>15000</amount>" in first.body
    assert [text.splitlines()[0] for text in shown[1:]] == ["pay: HTTP 200, result 0, number 7"] * 2


def test_without_a_link_the_wallet_is_the_one_of_make_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wallet = {"link": LINK, "login": "city24", "password": "pw"}
    place = tmp_path / "local.json"
    place.write_text(json.dumps({"park": {"wallets": {"city24": wallet}}}))
    monkeypatch.setattr(terminal, "DESCRIPTION", place)

    told = facts_of(arguments(["city24", "check", "100245", "--fact", "password=other"]))

    assert told == {**wallet, "password": "other"}


def test_nobody_listens_when_nothing_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(terminal, "DESCRIPTION", tmp_path / "none.json")

    with pytest.raises(SystemExit, match="make up"):
        facts_of(arguments(["city24", "check", "100245"]))


@pytest.mark.parametrize(
    "line",
    [["city24", "cancel"], ["city24", "pay"], ["city24", "check", "1", "--fact", "login"]],
)
def test_half_a_command_is_refused(line: list[str]) -> None:
    with pytest.raises(SystemExit):
        arguments(line)


@pytest.mark.parametrize(
    ("facts", "differs"),
    [
        ({"link": LINK, "login": "a", "password": "pw"}, "password"),
        ({"link": LINK, "sign_secret": "s"}, "sign_secret"),
        ({"link": LINK}, "link"),
    ],
)
def test_a_stranger_knows_all_but_the_secret(facts: dict[str, Any], differs: str) -> None:
    other = spoiled(facts)

    assert [name for name in facts if facts[name] != other[name]] == [differs]


def test_what_a_protocol_lacks_is_said_so() -> None:
    tbc = Terminal.of("tbc", {"link": LINK}, Line())

    with pytest.raises(NotSpoken):
        tbc.cancel(tbc.payment("100245", "150.00", "77"))
