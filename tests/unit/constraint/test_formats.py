"""The patterns that stand for formats."""

import datetime
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon.constraint.formats import FORMATS, STRICT_FORMATS

GOOD = {
    "date": ["2024-02-29", "2000-02-29", "1999-12-31", "0001-01-01", "2023-02-28"],
    "time": ["00:00:00Z", "23:59:59.123456789Z", "12:30:00+05:30", "12:30:00-00:00"],
    "date-time": ["2024-02-29T23:59:59Z", "1985-04-12T23:20:50.52-08:00"],
    "email": ["a@b", "first.last@example.com", "a+b@x.co", "o'neil@a--b.de", "x" * 32 + "@y.z"],
    "hostname": ["a", "localhost", "example.com", "a-b.c1", "a--b", "3com.com", "x" * 63, "ab-c", "abc--d"],
}
BAD = {
    "date": [
        "2023-02-29",
        "1900-02-29",
        "0000-01-01",
        "2023-04-31",
        "2023-13-01",
        "2023-00-01",
        "23-01-01",
        "2023-1-1",
    ],
    "time": ["12:00:60Z", "24:00:00Z", "12:00:00", "12:00Z", "12:00:00+24:00", "12:00:00.Z"],
    "date-time": ["2023-02-29T00:00:00Z", "2023-01-01 00:00:00Z", "2023-01-01T00:00:00"],
    "email": ["a", "a@", "@b", ".a@b", "a.@b", "a..b@c", "a@-b", "a@b.", "a@xn--b", "x" * 65 + "@y", "a@" + "x" * 64],
    "hostname": ["", "-a", "a-", "a_b", "a..b", "xn--a", "ab--c", "x" * 64, "a."],
}


def matches(name: str, text: str) -> bool:
    """Whether a text is of a format, by the pattern that the engine is given."""
    rule = FORMATS[name]
    assert rule.pattern is not None
    return bool(re.fullmatch(rule.pattern[1:-1], text)) and (rule.longest is None or len(text) <= rule.longest)


@pytest.mark.parametrize(("name", "text"), [(name, text) for name, texts in GOOD.items() for text in texts])
def test_what_is_of_a_format(name: str, text: str) -> None:
    """What people write."""
    assert matches(name, text)


@pytest.mark.parametrize(("name", "text"), [(name, text) for name, texts in BAD.items() for text in texts])
def test_what_is_not(name: str, text: str) -> None:
    """Days that there are not, seconds that there are not, names that no host has."""
    assert not matches(name, text)


@given(st.dates())
def test_every_day_there_is(day: datetime.date) -> None:
    """No date is missing."""
    assert matches("date", day.isoformat())


@given(st.integers(1, 9999), st.integers(1, 13), st.integers(0, 33))
def test_no_other_day(year: int, month: int, day: int) -> None:
    """And there is none too many."""
    try:
        there_is = bool(datetime.date(year, month, day))
    except ValueError:
        there_is = False
    assert matches("date", f"{year:04}-{month:02}-{day:02}") == there_is


def test_a_host_is_at_most_253_characters() -> None:
    """Of any number of labels."""
    assert FORMATS["hostname"].longest == 253
    assert not matches("hostname", ".".join(["x" * 60] * 5))


def test_strict_has_those_of_the_documentation() -> None:
    """OpenAI's list."""
    assert {
        "date-time", "time", "date", "duration", "email", "hostname", "ipv4", "ipv6", "uuid",
    } == STRICT_FORMATS  # fmt: skip
