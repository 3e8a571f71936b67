"""A form's body as a stream of events: the same however it is split, and bounded whatever it is."""

import logging
from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from antiphon.errors import InvalidMultipart, InvalidRequest, UnsupportedMediaType
from antiphon.schema.request.disposition import Part
from antiphon.schema.request.multipart import MOST_PARTS, Multipart, find_boundary

TYPE = "multipart/form-data; boundary=b"
FILE = b'Content-Disposition: form-data; name="file"; filename="a.bin"\r\n'


def part(head: bytes, content: bytes) -> bytes:
    """One part, with the boundary before it."""
    return b"--b\r\n" + head + b"\r\n" + content + b"\r\n"


def field(name: str, text: str = "x") -> bytes:
    """A part that is no file."""
    return part(f'Content-Disposition: form-data; name="{name}"\r\n'.encode(), text.encode())


def read(*pieces: bytes) -> list[tuple[Part, bytes]]:
    """The parts of a body with what they say, when all of it has come."""
    body = Multipart(TYPE)
    found: list[tuple[Part, bytes]] = []
    for piece in pieces:
        for event in body.feed(piece):
            if isinstance(event, Part):
                found.append((event, b""))
            elif event != "end":
                found[-1] = (found[-1][0], found[-1][1] + event)
    body.close()
    return found


CONTENTS = st.binary() | st.lists(st.sampled_from([b"\r", b"\n", b"-", b"b", b"\r\n--", b"\r\n--bb", b"x"])).map(
    b"".join
)


@given(CONTENTS.filter(lambda content: b"\r\n--b" not in b"\r\n" + content), st.lists(st.integers(0, 300)))
@example(b"\r\n--\r\n--\r", [90, 91, 92, 93, 94])
def test_any_split(content: bytes, places: list[int]) -> None:
    """A content comes through to the byte, whatever it looks like, and wherever the body is split."""
    body = field("purpose", "vision") + part(FILE, content) + b"--b--\r\n"
    cuts = sorted({0, *(place for place in places if place < len(body)), len(body)})
    pieces = [body[begin:end] for begin, end in pairwise(cuts)]
    assert read(*pieces) == [(Part("purpose", None), b"vision"), (Part("file", "a.bin"), content)]


def test_byte_by_byte() -> None:
    """Also where each byte comes alone."""
    body = part(FILE, b"a\r\n--c") + b"--b--"
    assert read(*(bytes([byte]) for byte in body)) == [(Part("file", "a.bin"), b"a\r\n--c")]


def test_what_stands_around_it() -> None:
    """An empty line before the first boundary and anything behind the last are no part."""
    assert read(b"\r\n" + field("a") + b"--b--\r\nepilogue\r\n--b\r\n") == [(Part("a", None), b"x")]


def test_nothing_is_kept() -> None:
    """What has been said is with whoever asked, and not here too."""
    body = Multipart(TYPE)
    body.feed(b"--b\r\n" + FILE + b"\r\n")
    for _ in range(10):
        assert sum(len(event) for event in body.feed(b"x" * 10_000)) == 10_000
    assert body.events == []


BOUNDARIES = {
    "multipart/form-data; boundary=b": "b", 'multipart/form-data; boundary="a b"': "a b",
    "Multipart/Form-Data; charset=utf-8; Boundary=----WebKitFormBoundaryx7": "----WebKitFormBoundaryx7",
    "multipart/form-data; boundary=b;": "b", f"multipart/form-data; boundary={'b' * 70}": "b" * 70,
}  # fmt: skip


@pytest.mark.parametrize("content_type", BOUNDARIES)
def test_boundaries(content_type: str) -> None:
    """The boundary of a content type, as clients write it."""
    assert find_boundary(content_type) == BOUNDARIES[content_type]


@pytest.mark.parametrize(
    "content_type",
    [
        "",
        "; boundary=x",
        'boundary=""',
        f"boundary={'b' * 71}",
        "boundary=é",
        'boundary="b "',
        "boundary=a; boundary=b",
    ],
)
def test_no_boundary(content_type: str) -> None:
    """Without a boundary, or with one that cannot be, nothing is read."""
    with pytest.raises(InvalidMultipart, match="boundary"):
        Multipart(f"multipart/form-data; {content_type}" if content_type[:1] != ";" else "multipart/form-data")


@pytest.mark.parametrize(
    "content_type", ["", "application/json", "multipart/mixed; boundary=b", "multipart/form-dataa"]
)
def test_no_form(content_type: str) -> None:
    """Another type is 415, and the answer says which is taken."""
    with pytest.raises(UnsupportedMediaType, match="send 'multipart/form-data'"):
        Multipart(content_type)


HOSTILE: dict[str, bytes] = {
    "nothing": b"",
    "no boundary": b"hello",
    "another boundary": field("a").replace(b"--b", b"--c"),
    "no part": b"--b\r\n",
    "a part that does not end": field("a"),
    "a head that does not end": b"--b\r\n" + FILE,
    "half a last boundary": field("a") + b"--b-",
    "no last boundary": field("a") + b"--b\r\n",
    "a part without a head": part(b"", b"x") + b"--b--",
    "a head that is none": part(b"nonsense\r\n", b"x") + b"--b--",
    "a header's name with a space": part(b"Content Disposition: form-data\r\n", b"x") + b"--b--",
    "a head that says it twice": part(FILE + FILE, b"x") + b"--b--",
    "a long header": part(FILE + b"X: " + b"x" * 5000 + b"\r\n", b"x") + b"--b--",
    "a long header's name": part(FILE + b"x" * 5000 + b": x\r\n", b"x") + b"--b--",
    "a header without an end": b"--b\r\nX: " + b"x" * 10**6,
    "many headers": part(FILE + b"".join(b"X%d: x\r\n" % number for number in range(9)), b"x") + b"--b--",
    "many parts": field("a") * (MOST_PARTS + 1) + b"--b--",
    "thousands of parts": field("a") * 10_000 + b"--b--",
    "thousands of boundaries": b"--b\r\n" * 10_000,
    "base64": part(FILE + b"Content-Transfer-Encoding: BASE64\r\n", b"eA==") + b"--b--",
    "lines that end otherwise": field("a").replace(b"\r\n", b"\n") + b"--b--",
}


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("num_bytes", [1, 7, 16384])
def test_hostile(name: str, num_bytes: int, caplog: pytest.LogCaptureFixture) -> None:
    """What is malformed, unfinished or too much is 400, in our words, however it comes; the log says nothing."""
    body = HOSTILE[name][: 20_000 if num_bytes == 1 else None]
    with caplog.at_level(logging.DEBUG), pytest.raises(InvalidRequest) as caught:
        read(*(body[begin : begin + num_bytes] for begin in range(0, len(body), num_bytes)))
    assert caught.value.code == "invalid_multipart"
    assert caught.value.message.endswith(".")
    assert caplog.records == []


def test_most_parts() -> None:
    """So many parts are taken."""
    assert len(read(field("a") * MOST_PARTS + b"--b--")) == MOST_PARTS


@pytest.mark.parametrize("encoding", [b"binary", b"8bit", b"7BIT"])
def test_encodings_that_are_none(encoding: bytes) -> None:
    """A part may say that it is as it is."""
    body = part(FILE + b"Content-Transfer-Encoding: " + encoding + b"\r\n", b"x") + b"--b--"
    assert read(body) == [(Part("file", "a.bin"), b"x")]
