"""The form of an upload: what it takes, and what is refused before the file has come."""

from typing import Any

import pytest

from antiphon.errors import InvalidRequest
from antiphon.schema.request.disposition import Part
from antiphon.schema.request.files import LONGEST_FIELD, CreateFile, FileForm
from antiphon.schema.request.parse import Parsed

FILE = ("file", b"content")
GOOD: list[tuple[str, bytes]] = [("purpose", b"user_data"), FILE]
EXPIRES: list[tuple[str, bytes]] = [("expires_after[anchor]", b"created_at"), ("expires_after[seconds]", b"3600")]


def read(parts: list[tuple[str, bytes]], *, drop_unknown: bool = False) -> tuple[Parsed[CreateFile], bytes]:
    """What a form says, and what is in its file."""
    form = FileForm(drop_unknown=drop_unknown)
    content = b""
    for name, data in parts:
        content += form.feed(Part(name, "a.txt" if name == "file" else None))
        for begin in range(0, len(data), 3):
            content += form.feed(data[begin : begin + 3])
        content += form.feed("end")
    return form.close(), content


def test_good() -> None:
    """A purpose and a file, in either order, and when it expires."""
    for parts in (GOOD, GOOD[::-1]):
        parsed, content = read(parts)
        assert parsed == Parsed(CreateFile(file="a.txt", purpose="user_data"))
        assert content == b"content"
    for parts in (EXPIRES + GOOD, GOOD + EXPIRES, [EXPIRES[1], *GOOD, EXPIRES[0]]):
        expires = read(parts)[0].request.expires_after
        assert expires and (expires.anchor, expires.seconds) == ("created_at", 3600)


@pytest.mark.parametrize("seconds", [3600, 86400, 2_592_000])
def test_seconds(seconds: int) -> None:
    """From an hour to 30 days."""
    expires = read([*GOOD, EXPIRES[0], ("expires_after[seconds]", b"%d" % seconds)])[0].request.expires_after
    assert expires and expires.seconds == seconds


def refused(parts: list[tuple[str, bytes]], *, drop_unknown: bool = False) -> InvalidRequest:
    """Why a form is refused."""
    with pytest.raises(InvalidRequest) as caught:
        read(parts, drop_unknown=drop_unknown)
    return caught.value


BAD: dict[str, tuple[list[tuple[str, bytes]], str, str]] = {
    # the form, the field at fault, the code
    "nothing": ([], "file", "missing_required_parameter"),
    "no file": ([GOOD[0]], "file", "missing_required_parameter"),
    "no purpose": ([FILE], "purpose", "missing_required_parameter"),
    "two files": ([*GOOD, FILE], "file", "invalid_value"),
    "purpose twice": ([*GOOD, GOOD[0]], "purpose", "invalid_value"),
    "an unknown purpose": ([("purpose", b"fun"), FILE], "purpose", "invalid_value"),
    "an empty purpose": ([("purpose", b""), FILE], "purpose", "invalid_value"),
    "a purpose not in UTF-8": ([("purpose", b"\xff"), FILE], "purpose", "invalid_value"),
    "a long purpose": ([("purpose", b"x" * (LONGEST_FIELD + 1)), FILE], "purpose", "invalid_value"),
    "a long unknown field": ([("x", b"x" * 10**5), *GOOD], "x", "invalid_value"),
    "an unknown field": ([*GOOD, ("x", b"")], "x", "unknown_parameter"),
    "an unknown field within": ([*GOOD, *EXPIRES, ("expires_after[x]", b"")], "expires_after.x", "unknown_parameter"),
    "no anchor": ([*GOOD, EXPIRES[1]], "expires_after.anchor", "missing_required_parameter"),
    "no seconds": ([*GOOD, EXPIRES[0]], "expires_after.seconds", "missing_required_parameter"),
    "another anchor": (
        [*GOOD, ("expires_after[anchor]", b"now"), EXPIRES[1]], "expires_after.anchor", "invalid_value",
    ),
    "too few seconds": (
        [*GOOD, EXPIRES[0], ("expires_after[seconds]", b"3599")],
        "expires_after.seconds", "integer_below_min_value",
    ),
    "too many seconds": (
        [*GOOD, EXPIRES[0], ("expires_after[seconds]", b"2592001")],
        "expires_after.seconds", "integer_above_max_value",
    ),
    "seconds that are no number": (
        [*GOOD, EXPIRES[0], ("expires_after[seconds]", b"1e4")], "expires_after.seconds", "invalid_type",
    ),
    "seconds of many digits": (
        [*GOOD, EXPIRES[0], ("expires_after[seconds]", b"9" * 1000)], "expires_after.seconds", "invalid_type",
    ),
    "seconds twice": ([*GOOD, *EXPIRES, EXPIRES[1]], "expires_after[seconds]", "invalid_value"),
    "expiry as JSON": ([*GOOD, ("expires_after", b'{"seconds":3600}')], "expires_after", "invalid_type"),
    "expiry as JSON too": ([*GOOD, *EXPIRES, ("expires_after", b"{}")], "expires_after", "invalid_value"),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_bad(name: str) -> None:
    """What is wrong is 400, which names the field."""
    parts, param, code = BAD[name]
    error = refused(parts)
    assert (error.param, error.code) == (param, code)


@pytest.mark.parametrize("purpose", [b"assistants", b"batch", b"fine-tune", b"evals"])
def test_purposes_of_other_apis(purpose: bytes) -> None:
    """A purpose that nothing here would serve is refused, and the answer says what can be used."""
    error = refused([("purpose", purpose), FILE])
    assert (error.param, error.code) == ("purpose", "unsupported_value")
    assert "'user_data'" in error.message and "'vision'" in error.message


def test_kinds_of_parts() -> None:
    """A file that has no name, and a field that is a file, are refused."""
    for part in (Part("file", None), Part("purpose", "a.txt"), Part("x", "a.txt")):
        with pytest.raises(InvalidRequest) as caught:
            FileForm(drop_unknown=True).feed(part)
        assert (caught.value.param, caught.value.code) == (part.name, "invalid_value")


BEFORE: dict[str, tuple[list[tuple[str, bytes]], str | None]] = {
    # what came before the file, and the field that is at fault by then
    "nothing": ([], None),
    "the purpose": ([GOOD[0]], None),
    "half of the expiry": ([EXPIRES[0]], None),
    "the other half": ([EXPIRES[1]], None),
    "another purpose": ([("purpose", b"fun")], "purpose"),
    "a purpose of another API": ([("purpose", b"batch")], "purpose"),
    "a bad half of the expiry": ([("expires_after[seconds]", b"1")], "expires_after.seconds"),
    "an unknown field": ([("x", b"")], "x"),
    "a field twice": ([GOOD[0], GOOD[0]], "purpose"),
    "a file": (GOOD, "file"),
}  # fmt: skip


@pytest.mark.parametrize("name", BEFORE)
def test_what_came_before_the_file(name: str) -> None:
    """What is wrong by then is told before the file is taken; what may still come is not missing."""
    parts, param = BEFORE[name]
    form = FileForm(drop_unknown=False)
    for part, data in parts:
        form.feed(Part(part, "a.txt" if part == "file" else None))
        form.feed(data)
        form.feed("end")
    if param is None:
        form.feed(Part("file", "a.txt"))
        return
    with pytest.raises(InvalidRequest) as caught:
        form.feed(Part("file", "a.txt"))
    assert caught.value.param == param


def test_unknown_fields_can_be_ignored() -> None:
    """Where unknown fields are not refused they are reported."""
    parsed, content = read([("x", b"1"), *GOOD, *EXPIRES, ("expires_after[y]", b"2")], drop_unknown=True)
    assert sorted(parsed.unknown) == ["expires_after.y", "x"]
    assert content == b"content"
    assert parsed.request.expires_after


def test_text_is_described_as_bytes() -> None:
    """Whoever reads the description learns that the file is bytes."""
    schema: dict[str, Any] = CreateFile.model_json_schema()
    assert schema["properties"]["file"] == {"format": "binary", "title": "File", "type": "string"}
