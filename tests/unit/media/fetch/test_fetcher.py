"""What is refused before anybody is asked, and heads of answers. Real servers are in tests/contract/media."""

from collections.abc import Sequence

import pytest

from antiphon.media.fetch.fetcher import NOT_ALLOWED, OFF, UNREACHED, Fetcher
from antiphon.media.fetch.policy import Policy, parse_hosts
from antiphon.media.unreadable import UnreadableError


async def nobody(host: str, port: int) -> Sequence[str]:
    """A name server that must not be asked."""
    raise AssertionError((host, port))


REFUSED = [
    (None, "https://a.org/a.png", OFF), (None, "junk", OFF), (None, "http://127.0.0.1/", OFF),
    ("b.org", "https://a.org/a.png", NOT_ALLOWED), ("b.org", "http://127.0.0.1/", NOT_ALLOWED),
    ("*", "http://localhost/", NOT_ALLOWED), ("*:443", "http://a.org/", NOT_ALLOWED),
    ("*", "http://127.0.0.1/", UNREACHED), ("*", "http://[::1]:80/", UNREACHED), ("*", "http://0.0.0.0/", UNREACHED),
    ("*", "http://169.254.169.254/latest/meta-data/", UNREACHED), ("*", "http://10.0.0.1/", UNREACHED),
]  # fmt: skip


@pytest.mark.parametrize(("hosts", "url", "reason"), REFUSED)
async def test_refused_at_once(hosts: str | None, url: str, reason: str) -> None:
    """No name is looked up and no connection opened, nor anything made that could."""
    fetcher = Fetcher(Policy(hosts=parse_hosts(hosts) if hosts else None), lookup=nobody)
    with pytest.raises(UnreadableError) as caught:
        await fetcher.fetch(url)
    assert caught.value.reason == reason
    assert fetcher.session is None
    await fetcher.close()


def test_off_tells_how_to_go_on() -> None:
    """The two ways: data URLs, and the flag."""
    assert "data URL" in OFF
    assert "--allow-media-urls HOSTS" in OFF
