"""The head of a form's part: which names are taken, and which are refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon.errors import InvalidMultipart, InvalidRequest
from antiphon.schema.request.disposition import Part, find_fault, parse_disposition, parse_parameters

TAKEN: dict[str, Part] = {
    'form-data; name="purpose"': Part("purpose", None),
    "form-data; name=purpose": Part("purpose", None),
    'FORM-DATA ;  Name = "purpose" ': Part("purpose", None),
    'form-data; name="purpose";': Part("purpose", None),
    'form-data; name="expires_after[seconds]"': Part("expires_after[seconds]", None),
    'form-data; name="file"; filename="a.pdf"': Part("file", "a.pdf"),
    'form-data; filename="a.pdf"; name="file"': Part("file", "a.pdf"),
    'form-data; name="file"; filename="a; name=b.pdf"': Part("file", "a; name=b.pdf"),
    'form-data; name="file"; filename="grüße 👩‍👧.pdf"': Part("file", "grüße 👩‍👧.pdf"),
    'form-data; name="file"; filename="say %22hi%22.txt"': Part("file", 'say "hi".txt'),
    'form-data; name="file"; filename="say \\"hi\\".txt"': Part("file", 'say "hi".txt'),
    'form-data; name="file"; filename="100%25.txt"': Part("file", "100%25.txt"),
    "form-data; name=\"file\"; filename*=UTF-8''gr%C3%BC%C3%9Fe.txt": Part("file", "grüße.txt"),
    'form-data; name="file"; filename*=utf-8\'de\'gr%c3%bc.txt; filename="gr_.txt"': Part("file", "grü.txt"),
    f'form-data; name="file"; filename="{"ü" * 255}"': Part("file", "ü" * 255),
}


@pytest.mark.parametrize("value", TAKEN)
def test_taken(value: str) -> None:
    """Names as browsers, curl, aiohttp and the official package write them, in any script."""
    assert parse_disposition(value.encode()) == TAKEN[value]


REFUSED_NAMES = {
    "": "is missing", ".": "is missing", "..": "is missing",
    "../../etc/passwd": "folders", "/etc/passwd": "folders", "a/b": "folders", "a/": "folders",
    "C:\\\\a.txt": "folders", "C:\\a.txt": "folders", "..\\\\a": "folders",
    "a%0D%0ASet-Cookie: b": "control characters", "a%0Ab": "control characters", "a\rb": "control characters",
    "a\0b": "control characters", "\x1b[31m": "control characters", "a\x7f": "control characters",
    "a\x85b": "control characters", "a\u2028b": "control characters", "a\u2029b": "control characters",
    "a" * 256: "longer than 255", "ü" * 4000: "longer than 255",
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED_NAMES)
def test_refused_names(name: str) -> None:
    """What has folders, breaks a line, is nothing or too long is 400, which names the field and says why."""
    with pytest.raises(InvalidRequest, match=REFUSED_NAMES[name]) as caught:
        parse_disposition(f'form-data; name="file"; filename="{name}"'.encode())
    assert caught.value.param == "file"


EXTENDED = {
    "UTF-8''a%2Fb": "folders", "UTF-8''a%00b": "control characters", "UTF-8''": "is missing",
    "UTF-8''%FF": "not in UTF-8", "ISO-8859-1''gr%FC": "not in UTF-8", "a.txt": "not in UTF-8",
    "UTF-8''%ED%A0%80": "not in UTF-8",
}  # fmt: skip


@pytest.mark.parametrize("value", EXTENDED)
def test_refused_extended_names(value: str) -> None:
    """A name as RFC 5987 has it is held to the same, and must be in UTF-8."""
    with pytest.raises(InvalidRequest, match=EXTENDED[value]) as caught:
        parse_disposition(f'form-data; name="file"; filename*={value}'.encode())
    assert caught.value.param == "file"


MALFORMED = [
    b"", b"form-data", b"form-data; name", b"form-data; name=", b'form-data; name=""', b'form-data; name="a',
    b'attachment; name="a"', b'; name="a"', b'form-data; name="a"; name="b"', b'form-data; name="a"b',
    b'form-data, name="a"', b'form-data; filename="a"', b'form-data; name="\xff"',
    b'form-data; name="file"; filename="\xe4.txt"', b'form-data; name="f"; filename="a"; FILENAME="b"',
]  # fmt: skip


@pytest.mark.parametrize("value", MALFORMED)
def test_malformed(value: bytes) -> None:
    """What is no head of a form's part is refused."""
    with pytest.raises(InvalidMultipart):
        parse_disposition(value)


def test_what_is_said_back_is_short() -> None:
    """A field's name may be of any length; what is said of it is not."""
    with pytest.raises(InvalidRequest) as caught:
        parse_disposition(f'form-data; name="{"a" * 3000}"; filename="/"'.encode())
    assert caught.value.param == "a" * 100 + "…"


@given(st.text())
def test_any_name(name: str) -> None:
    """A name that has no fault comes through exactly, as the official package writes it."""
    written = name.replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A")
    if find_fault(name) is None and written.replace("%22", '"') == name:
        assert parse_disposition(f'form-data; name="file"; filename="{written}"'.encode()).filename == name


@given(st.text(alphabet='; ="\\ab*%\t') | st.text())
def test_any_value(value: str) -> None:
    """Whatever a header says, it is read or it is not."""
    parsed = parse_parameters(value)
    assert parsed is None or isinstance(parsed[1], dict)


def test_no_value_takes_long() -> None:
    """What is made to be tried in many ways is not: this would take longer than anybody waits."""
    for piece in ('"', "\\", '; a="', "; a=", ' ;\t"', "a*="):
        parse_parameters("form-data;" + piece * 20_000)
