"""What the hub tells of a file, which is not trusted."""

import pytest

from antiphon.catalog.remote import RemoteFile, parse_remote
from antiphon.errors import ConfigurationError

COMMIT = "c" * 40
HEADERS = {"x-repo-commit": COMMIT, "etag": f'W/"{"e" * 64}"', "content-length": "12"}


def test_what_the_hub_tells_of_a_file() -> None:
    """A large file is told of beside the way to where it is, a small one by the answer itself."""
    assert parse_remote("o/r", "f", HEADERS) == RemoteFile(
        repo="o/r", name="f", commit=COMMIT, tag="e" * 64, num_bytes=12
    )
    linked = HEADERS | {"x-linked-etag": f'"{"a" * 64}"', "x-linked-size": "99"}
    assert parse_remote("o/r", "f", linked).tag == parse_remote("o/r", "f", linked).sha256 == "a" * 64
    assert parse_remote("o/r", "f", linked).num_bytes == 99
    assert parse_remote("o/r", "f", HEADERS | {"etag": '"abc"'}).sha256 is None


WRONG = [{"x-repo-commit": "../x"}, {"etag": '"../../x"'}, {"etag": ""}, {"content-length": "-1"}]


@pytest.mark.parametrize("headers", WRONG)
def test_what_would_leave_the_cache(headers: dict[str, str]) -> None:
    """What the hub tells becomes no name of a file outside of the cache."""
    with pytest.raises(ConfigurationError, match="is not complete"):
        parse_remote("o/r", "f", HEADERS | headers)


@pytest.mark.parametrize("name", ["../f.gguf", "/f.gguf", "a//b.gguf", "./f.gguf", "a\x1b.gguf"])
def test_names_that_would_leave_the_cache(name: str) -> None:
    """A file's name leads to nowhere but its folder."""
    with pytest.raises(ConfigurationError, match="is not complete"):
        parse_remote("o/r", name, HEADERS)
