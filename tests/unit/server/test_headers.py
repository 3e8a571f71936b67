"""The header that names what was ignored, and the kind of content that is taken."""

from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.requests import Request

from antiphon.errors import UnsupportedMediaType
from antiphon.server.headers import check_content_type, header_list

HEADERS: list[tuple[list[str], str]] = [
    (["service_tier"], "service_tier"),
    (["tempo", "messages[0].content[1].x-y"], "tempo, messages[0].content[1].x-y"),
    (["messages[].content[].prompt_cache_breakpoint"], "messages[].content[].prompt_cache_breakpoint"),
    (["a b", "a,b", "a\r\nset-cookie: x"], "a%20b, a%2Cb, a%0D%0Aset-cookie%3A%20x"),
    (["日", ""], "%E6%97%A5, "),
]


@pytest.mark.parametrize(("paths", "value"), HEADERS)
def test_headers(paths: list[str], value: str) -> None:
    """Paths separated by commas; what a header cannot carry is percent-encoded."""
    assert header_list(paths) == value


@given(st.lists(st.text(max_size=20), max_size=5))
def test_whatever_the_paths_a_header_is_valid(paths: list[str]) -> None:
    """Printable ASCII without line ends, of which each path can be read back."""
    value = header_list(paths)
    assert all(" " <= character <= "~" for character in value)
    assert [unquote(path) for path in value.split(", ")] == (paths or [""])


LARGE = {
    "many": [f"messages[{number}].x" for number in range(10_000)],
    "long": ["x" * 100_000],
    "many and long": ["x" * 1000] * 1000,
    "of another script": ["🎉" * 1000] * 1000,
}


@pytest.mark.parametrize("name", LARGE)
def test_a_header_is_bounded(name: str) -> None:
    """However many there are and however long, the header stays below the 8 KiB that proxies and clients take."""
    assert len(header_list(LARGE[name])) < 8192


TYPES = {
    "application/json": True, "Application/JSON": True, "application/json; charset=utf-8": True,
    "application/json;charset=utf-8": True, " application/json ": True, None: True, "text/json": False, "": False,
    "application/jsonp": False, "text/plain": False, "application/x-www-form-urlencoded": False,
    "multipart/form-data; boundary=application/json": False, "application/json, text/plain": False,
}  # fmt: skip


@pytest.mark.parametrize("content_type", TYPES)
def test_content_types(content_type: str | None) -> None:
    """`application/json` by any spelling, or nothing said; everything else is 415."""
    headers = [] if content_type is None else [(b"content-type", content_type.encode())]
    request = Request({"type": "http", "headers": headers})
    if TYPES[content_type]:
        check_content_type(request)
    else:
        with pytest.raises(UnsupportedMediaType):
            check_content_type(request)
