"""shared.ids: ids that sort by time, tokens nobody guesses, codes that a guest can read aloud."""

import re
from datetime import UTC, datetime, timedelta
from typing import Final

from hypothesis import given
from hypothesis import strategies as st

from shared import clock, ids

MOMENTS: Final = st.integers(0, 10**14).map(clock.from_ms)


@given(MOMENTS, st.integers(1, 10**9))
def test_later_id_sorts_after_the_earlier_one(moment: datetime, ms: int) -> None:
    assert ids.new_id(moment) < ids.new_id(moment + timedelta(milliseconds=ms))


@given(MOMENTS)
def test_id_is_a_ulid(moment: datetime) -> None:
    found = ids.new_id(moment)

    assert re.fullmatch(r"[0-7][0-9A-HJKMNP-TV-Z]{25}", found)
    digits = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
    milliseconds = 0
    for letter in found[:10]:
        milliseconds = milliseconds * 32 + digits.index(letter)
    assert milliseconds == clock.to_ms(moment)


def test_ids_of_one_moment_differ() -> None:
    moment = datetime(2026, 1, 2, tzinfo=UTC)

    assert len({ids.new_id(moment) for _ in range(1000)}) == 1000


def test_tokens_differ_and_carry_128_bits() -> None:
    tokens = {ids.new_token() for _ in range(1000)}

    assert len(tokens) == 1000
    assert {len(token) for token in tokens} == {22}


def test_short_code_has_no_letters_that_look_or_sound_alike() -> None:
    seen = set("".join(ids.new_short_code() for _ in range(1000)))

    assert seen.isdisjoint("0O1ILUV")
    assert len(seen) == 29


def test_short_codes_are_of_one_length_and_differ() -> None:
    codes = {ids.new_short_code() for _ in range(1000)}

    assert len(codes) == 1000
    assert {len(code) for code in codes} == {8}
