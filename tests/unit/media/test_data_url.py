"""Base64 and data URLs, read in one way only."""

import base64
import tracemalloc
from urllib.parse import quote_from_bytes

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon.media.data_url import MOST_ESCAPES, DataUrl, decode_base64, is_data_url, parse_data_url
from antiphon.media.unreadable import UnreadableError

MOST = 1_000

URLS = [
    ("data:image/png;base64,aGVsbG8=", "image/png", b"hello"),
    ("DATA:Image/PNG;Base64,aGVsbG8=", "image/png", b"hello"),
    ("data:;base64,aGVsbG8=", "text/plain", b"hello"),
    ("data:,hello", "text/plain", b"hello"),
    ("data:text/plain;charset=utf-8;base64,aGVsbG8=", "text/plain", b"hello"),
    ("data:application/pdf;name=a.pdf;base64,aGVs\nbG8=\r\n", "application/pdf", b"hello"),
    ("data:image/png;base64,aGVsbG8%3D", "image/png", b"hello"),
    ("data:image/png; base64 ,+/%2B%2f", "image/png", b"\xfb\xff\xbf"),
    ("data:text/plain,a%20b%00c%FF", "text/plain", b"a b\0c\xff"),
    ("data:text/csv;charset=utf-8,a,b;c", "text/csv", b"a,b;c"),
    ("data:text/plain,é", "text/plain", "é".encode()),
    ("data:image/svg+xml,<svg a='#b'/>", "image/svg+xml", b"<svg a='#b'/>"),
    ("data:text/plain;base64=no,aGVs", "text/plain", b"aGVs"),
    ("data:application/vnd.openxmlformats-officedocument.wordprocessingml.document;base64,QQ==",
     "application/vnd.openxmlformats-officedocument.wordprocessingml.document", b"A"),
]  # fmt: skip


@pytest.mark.parametrize(("url", "media_type", "data"), URLS)
def test_data_urls(url: str, media_type: str, data: bytes) -> None:
    """With base64 and percent signs; types without their parameters."""
    assert is_data_url(url)
    assert parse_data_url(url, MOST) == DataUrl(media_type, data)


BAD_URLS = [
    ("", "is not a data URL"), ("http://a.org/", "is not a data URL"), ("data:", "is not a data URL"),
    ("data:image/png;base64", "is not a data URL"), (" data:,a", "is not a data URL"),
    ("data" + "a" * 5_000 + ",", "not a data"),
    ("data:image/png" + ";a=b" * 500 + ";base64,aGVs", "is not a data URL"),
    ("data:png;base64,aGVs", "without a proper type"), ("data:base64,aGVs", "without a proper type"),
    ("data:image/;base64,aGVs", "without a proper type"), ("data:a/b/c,x", "without a proper type"),
    ("data:im age/png;base64,aGVs", "without a proper type"), ("data:imagé/png,x", "without a proper type"),
    ("data:image/png;base64,", "is empty"), ("data:image/png;base64, \n ", "is empty"), ("data:,", "is empty"),
    ("data:text/plain,a%", "percent sign"), ("data:text/plain,a%4", "percent sign"),
    ("data:text/plain,%zz", "percent sign"),
    ("data:image/png;base64,aGV%", "percent sign"), ("data:image/png;base64,a!Vs", "characters in it"),
    ("data:image/png;base64,data:image/png;base64,aGVs", "characters in it"),
    ("data:text/plain," + "a" * 1_001, "larger than 0.001 MB"),
    ("data:text/plain," + "é" * 501, "larger than 0.001 MB"),
    ("data:text/plain," + "%41" * 1_001, "larger than 0.001 MB"),
    ("data:a/b;base64," + "QUFB" * 334, "larger than 0.001 MB"),
    ("data:a/b;base64," + "%51" * 1_500, "larger than 0.001 MB"),
]  # fmt: skip


@pytest.mark.parametrize(("url", "reason"), BAD_URLS)
def test_bad_data_urls(url: str, reason: str) -> None:
    """What is wrong, by the commonest mistakes."""
    with pytest.raises(UnreadableError, match=reason):
        parse_data_url(url, MOST)


BAD_BASE64 = [
    ("", "is empty"), (" \n", "is empty"), ("aGVsbG8", "padding \\('='\\) is missing"), ("aGVsb", "cut off"),
    ("aGVsbG8==", "padding"), ("====", "wrong place"), ("=aGV", "wrong place"), ("aG==VsbG", "wrong place"),
    ("aGVsbG8=aGVs", "wrong place"), ("aGVs====", "wrong place"),
    ("-_aa", "alphabet for URLs"), ("aGVs-GVs", "alphabet for URLs"),
    ("aG-!", "characters in it"), ("aGV\0", "characters in it"), ("é" * 4, "characters in it"),
    ("aGV\xa0s", "characters in it"),
    ("\ud800aaa", "characters in it"), ("\uff41" * 4, "characters in it"), ("aGVs" * 250 + "!", "characters in it"),
    ("aGVs" * 300 + "*aaa", "characters in it"),
    ("data:audio/wav;base64,aGVs", "is a data URL"), ("QUFB" * 334, "larger"),
    (" " * 2_000, "larger"), ("QUFB" * 9_999, "larger"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "reason"), BAD_BASE64)
def test_bad_base64(text: str, reason: str) -> None:
    """Python's own decoder would drop what it does not know."""
    with pytest.raises(UnreadableError, match=reason):
        decode_base64(text, 1_200 if "*" in text else MOST)


@pytest.mark.parametrize("text", ["QUFB", " QU\tFB ", "QU\r\nFB\r\n", "Q U F B"])
def test_white_space_in_base64(text: str) -> None:
    """As mailers and shells break lines."""
    assert decode_base64(text, MOST) == b"AAA"


@given(st.binary(min_size=1, max_size=300), st.integers(1, 80))
def test_round_trip(data: bytes, width: int) -> None:
    """What is encoded anywhere comes back the same, and not with a byte less allowed."""
    packed = base64.b64encode(data).decode()
    lines = "\n".join(packed[start : start + 76] for start in range(0, len(packed), 76))
    assert decode_base64(lines, len(data)) == data
    assert parse_data_url(f"data:a/b;base64,{lines}", len(data)).data == data
    assert parse_data_url(f"data:a/b,{quote_from_bytes(data)}", len(data)).data == data
    for url in (f"data:a/b;base64,{lines}", f"data:a/b,{quote_from_bytes(data)}"):
        with pytest.raises(UnreadableError, match="larger"):
            parse_data_url(url, len(data) - 1)


@given(st.text(max_size=40))
def test_junk(text: str) -> None:
    """Whatever comes is read or refused; nothing else is raised."""
    for read in (decode_base64, parse_data_url):
        for whole in (text, f"data:{text}", f"data:a/b;base64,{text}", f"data:,{text}"):
            try:
                read(whole, MOST)
            except UnreadableError as error:
                assert error.reason


def test_many_percent_signs() -> None:
    """They would take a hundred times their memory."""
    assert len(parse_data_url("data:," + "%41" * MOST_ESCAPES, 1 << 20).data) == MOST_ESCAPES
    with pytest.raises(UnreadableError, match="write it as base64"):
        parse_data_url("data:," + "%41" * (MOST_ESCAPES + 1), 1 << 20)


@pytest.mark.parametrize("sign", ["A", " ", "%", "%41", "=", "\n"])
@pytest.mark.parametrize("head", ["data:,", "data:a/b;base64,"])
def test_what_is_too_large_is_not_decoded(head: str, sign: str) -> None:
    """Its length tells, before anything is made of it."""
    url = head + sign * (8_000_000 // len(sign))
    tracemalloc.start()
    try:
        with pytest.raises(UnreadableError):
            parse_data_url(url, MOST)
        assert tracemalloc.get_traced_memory()[1] < 100_000
    finally:
        tracemalloc.stop()
