"""shared.clock: moments are kept in whole milliseconds and written in UTC."""

from datetime import UTC, datetime, timedelta, timezone

from hypothesis import given
from hypothesis import strategies as st

from shared import clock

MOMENTS = st.datetimes(timezones=st.just(UTC))


@given(st.integers(-(10**12), 10**14))
def test_milliseconds_come_back_as_they_were(milliseconds: int) -> None:
    assert clock.to_ms(clock.from_ms(milliseconds)) == milliseconds


@given(MOMENTS)
def test_stored_moment_is_the_moment_cut_to_its_millisecond(moment: datetime) -> None:
    lost = moment - clock.from_ms(clock.to_ms(moment))

    assert timedelta(0) <= lost < timedelta(milliseconds=1)


def test_wire_form_is_utc_with_milliseconds() -> None:
    almaty = timezone(timedelta(hours=5))

    written = clock.to_iso(datetime(2026, 11, 20, 17, 3, 0, 7_900, almaty))

    assert written == "2026-11-20T12:03:00.007Z"


def test_system_clock_is_aware_and_in_utc() -> None:
    assert clock.SYSTEM.now().utcoffset() == timedelta(0)
