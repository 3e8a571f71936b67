"""Under which name a file is to be saved."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon.server.download import render_disposition

NAMES = {
    "a.pdf": "attachment; filename=\"a.pdf\"; filename*=UTF-8''a.pdf",
    'say "hi".txt': "attachment; filename=\"say _hi_.txt\"; filename*=UTF-8''say%20%22hi%22.txt",
    "grüße.txt": "attachment; filename=\"gr__e.txt\"; filename*=UTF-8''gr%C3%BC%C3%9Fe.txt",
    "a;b=c%2F'.txt": "attachment; filename=\"a_b_c_2F_.txt\"; filename*=UTF-8''a%3Bb%3Dc%252F%27.txt",
}


@pytest.mark.parametrize("name", NAMES)
def test_disposition(name: str) -> None:
    """The name in ASCII for old programs, and as it is."""
    assert render_disposition(name) == NAMES[name]


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"])))
def test_any_name(name: str) -> None:
    """Whatever the name is, the header has one line, nothing but ASCII, and no quote within quotes."""
    told = render_disposition(name)
    assert re.fullmatch(r"attachment; filename=\"[\w. -]*\"; filename\*=UTF-8''[\w.%~-]*", told, re.ASCII)
