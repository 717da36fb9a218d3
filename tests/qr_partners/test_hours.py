"""Opening hours (QP-14)."""

from datetime import datetime

import pytest

from qr_partners.model.hours import Schedule

WEEK = Schedule.parse(
    {
        "mon": ["10:00-15:00", "18:00-23:00"],
        "fri": ["10:00-02:00"],
        "sun": ["00:00-24:00"],
        "2026-12-31": ["10:00-18:00"],
        "2027-01-01": [],
    }
)


@pytest.mark.parametrize(
    ("local", "is_open"),
    [
        ("2026-11-16T09:59", False),
        ("2026-11-16T10:00", True),
        ("2026-11-16T15:00", False),
        ("2026-11-16T22:59", True),
        ("2026-11-17T12:00", False),
        ("2026-11-20T23:59", True),
        ("2026-11-21T01:59", True),
        ("2026-11-21T02:00", False),
        ("2026-11-22T00:00", True),
        ("2026-11-22T23:59", True),
        ("2026-11-23T00:00", False),
        ("2026-12-31T17:59", True),
        ("2026-12-31T18:00", False),
        ("2027-01-01T12:00", False),
        ("2027-01-02T01:00", False),
    ],
)
def test_hours_hold_over_midnight_and_holidays_go_first(local: str, is_open: bool) -> None:
    assert WEEK.open_at(datetime.fromisoformat(local)) is is_open


@pytest.mark.parametrize(
    "days",
    [
        {"monday": ["10:00-12:00"]},
        {"mon": ["10-12"]},
        {"mon": ["25:00-26:00"]},
        {"mon": ["24:00-10:00"]},
        {"20261231": []},
        {"2026-02-30": []},
    ],
    ids=str,
)
def test_hours_that_cannot_be_read_are_refused(days: dict[str, list[str]]) -> None:
    with pytest.raises(ValueError, match=r"."):
        Schedule.parse(days)
