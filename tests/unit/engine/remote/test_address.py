"""Where an engine is, out of what people write; and what must not be seen of that."""

import pytest

from antiphon.engine.remote.address import Address, hide, parse_address
from antiphon.errors import ConfigurationError

ADDRESSES = {
    "http://gpu:8000/v1#qwen": Address("http://gpu:8000/v1", "http://gpu:8000", "gpu:8000", "qwen"),
    "http://gpu:8000/v1": Address("http://gpu:8000/v1", "http://gpu:8000", "gpu:8000"),
    "http://gpu:8000": Address("http://gpu:8000/v1", "http://gpu:8000", "gpu:8000"),
    "http://gpu:8000/": Address("http://gpu:8000/v1", "http://gpu:8000", "gpu:8000"),
    "http://gpu:8000#qwen": Address("http://gpu:8000/v1", "http://gpu:8000", "gpu:8000", "qwen"),
    "http://gpu:8000/v1/": Address("http://gpu:8000/v1", "http://gpu:8000", "gpu:8000"),
    "http://gpu:8000/v1#": Address("http://gpu:8000/v1", "http://gpu:8000", "gpu:8000"),
    "http://gpu/openai/v1": Address("http://gpu/openai/v1", "http://gpu", "gpu:80"),
    "https://api.openai.com/v1#gpt-4o": Address(
        "https://api.openai.com/v1", "https://api.openai.com", "api.openai.com:443", "gpt-4o"
    ),
    "http://gpu:8000/v1#org/model-7B@main": Address(
        "http://gpu:8000/v1", "http://gpu:8000", "gpu:8000", "org/model-7B@main"
    ),
    "http://gpu:8000/v1#a#b?c": Address("http://gpu:8000/v1", "http://gpu:8000", "gpu:8000", "a#b?c"),
    "http://[::1]:8000/v1": Address("http://[::1]:8000/v1", "http://[::1]:8000", "[::1]:8000"),
    "http://[::1]/v1": Address("http://[::1]/v1", "http://[::1]", "[::1]:80"),
    " http://10.0.0.7:8000/v1\n": Address("http://10.0.0.7:8000/v1", "http://10.0.0.7:8000", "10.0.0.7:8000"),
}


@pytest.mark.parametrize("text", ADDRESSES)
def test_addresses(text: str) -> None:
    """What paths begin with, what they begin with without a path, and the model behind the sign."""
    assert parse_address(text) == ADDRESSES[text]


def test_a_scheme_may_be_shouted() -> None:
    """As everywhere."""
    assert parse_address("HTTP://gpu:8000/v1").base == "http://gpu:8000/v1"


MISTAKES = {
    "": "is no address", "gpu:8000/v1": "is no address", "ftp://gpu/v1": "is no address", "http:///v1": "is no address",
    "http://": "is no address", "http:gpu": "is no address", "http://:8000/v1": "is no address",
    "http://gpu:port/v1": "is no address", "http://gpu:99999/v1": "is no address", "http://[::1/v1": "is no address",
    "http://gpu/v1?key=abc": "it has a query", "http://ann:abc@gpu/v1": "user or password",
    "http://abc@gpu/v1": "user or password", "http://@gpu/v1": "user or password",
}  # fmt: skip


@pytest.mark.parametrize("text", MISTAKES)
def test_what_is_no_address(text: str) -> None:
    """One sentence that says why, and nothing that may be secret."""
    with pytest.raises(ConfigurationError) as caught:
        parse_address(text)
    message = str(caught.value)
    assert MISTAKES[text] in message and message.endswith(".") and "\n" not in message and "abc" not in message


@pytest.mark.parametrize("text", [
    "http://ann:hidden@gpu:8000/v1", "http://hidden@gpu:8000/v1#m", "http://gpu/v1?api_key=hidden",
    "http://gpu/v1?hidden#m", "http://ann:hidden@gpu:port/v1", "http://ann:hidden@[::1/v1", "ftp://ann:hidden@gpu/v1",
    "http://ann:hi@hidden@gpu/v1", "http://ann:hidden/x@gpu/v1", "http://ann:hidden?x@gpu/v1",
    "http://ann:hidden#x@gpu/v1", "http:///v1?key=hidden", "ftp://gpu/v1?key=hidden",
    "http://ann:hidden@",
])  # fmt: skip
def test_secrets_are_not_told(text: str) -> None:
    """Neither passwords, whatever is in them, nor what stands in a query."""
    with pytest.raises(ConfigurationError) as caught:
        parse_address(text)
    assert "hidden" not in str(caught.value)


@pytest.mark.parametrize(("text", "shown"), [
    ("http://gpu:8000/v1", "http://gpu:8000/v1"), ("http://ann:b@gpu/v1", "http://gpu/v1"),
    ("http://gpu/v1?a=b", "http://gpu/v1"), ("http://a@b@gpu/v1?c", "http://gpu/v1"),
])  # fmt: skip
def test_what_is_shown(text: str, shown: str) -> None:
    """All but that."""
    assert hide(text) == shown
