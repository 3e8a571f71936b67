"""URLs, which are read in one way only or not at all."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon.media.fetch.address import NUMBER, follow, parse_address
from antiphon.media.unreadable import UnreadableError

READ = [
    ("https://example.org/a.png", "example.org", 443, "/a.png"),
    ("http://example.org", "example.org", 80, "/"),
    ("HTTPS://EXAMPLE.ORG:8443/A?b=c#d", "example.org", 8443, "/A?b=c"),
    ("http://8.8.8.8:81/x", "8.8.8.8", 81, "/x"),
    ("http://[2606:4700:0::1111]/x", "2606:4700::1111", 80, "/x"),
    ("https://xn--bcher-kva.example/é.png", "xn--bcher-kva.example", 443, "/%C3%A9.png"),
    ("https://a_b.example.org/x@y:z", "a_b.example.org", 443, "/x@y:z"),
    ("https://example.org?u=a@b", "example.org", 443, "/?u=a@b"),
    ("https://localhost/", "localhost", 443, "/"),
    ("https://1.2.3.4.example.org/", "1.2.3.4.example.org", 443, "/"),
    ("https://example.org/%2e%2e/%0d%0a", "example.org", 443, "/%2e%2e/%0d%0a"),
    ("https://example.org/a%2Fb;c=(1)?s=%2f%7e+~%3D&&d#e", "example.org", 443, "/a%2Fb;c=(1)?s=%2f%7e+~%3D&&d"),
    ("https://[2A00::0:1]:444/a%2f", "2a00::1", 444, "/a%2f"),
    ("https://EXAMPLE.org/100%/<a>", "example.org", 443, "/100%25/%3Ca%3E"),
]


@pytest.mark.parametrize(("text", "host", "port", "path"), READ)
def test_read(text: str, host: str, port: int, path: str) -> None:
    """Plain URLs, with what will be asked for and where. What may be signed is not written anew."""
    address = parse_address(text)
    assert (address.host, address.port, address.url.raw_path_qs) == (host, port, path)
    assert (address.url.raw_host, address.url.port) == (host, port)


RELATIVE = ["", "a.png", "//example.org/a", "/etc/passwd"]
NO_HTTP = [
    "http:", "http:a", "http:/a", "https:example.org", "file://example.org/a", "ftp://example.org/a",
    "ws://example.org/a", "gopher://example.org/a", "dict://example.org/a", "ldap://example.org/a", "jar://example.org/a",
    "httpx://example.org/a", "javascript://example.org/a", "file:///etc/passwd", "data:image/png;base64,AAAA", "blob:http://a/b",
    "view-source:http://a/",
]  # fmt: skip
HOSTS = [
    "", ":80", "127.1", "127.0.1", "2130706433", "0177.0.0.1", "0x7f.0.0.1", "0x7f000001", "0x", "017700000001",
    "1.2.3", "127.0.0.01", "256.0.0.1", "1.2.3.4.5", "example.0x7f", "example.1", "127.0.0.1.", "example.org.",
    "example..org", ".example.org", "-a.org", "a-.org", "a%2eorg", "127.0.0.1%00.example.org", "exa%6dple.org",
    "example.org%2f@x",
    "127。0。0。1", "①②⑦.⓪.⓪.①", "\uff11\uff12\uff17.0.0.1", "١٢٧.0.0.1", "bücher.example", "\uff45xample.org",
    "exa\u200bmple.org", "a b.org", "a,b.org",
    "a;b", "a*b", "a|b", "a'b", 'a"b', "a^b", "{a}", "<a>", "~a", "a!b", "a$b", "(a)",
    "[::1", "::1", "[::1]x", "[::1].org", "x[::1]", "[127.0.0.1]", "[v1.x]", "[fe80::1%25eth0]", "[fe80::1%eth0]",
    "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[0:0:0:0:0:ffff:8.8.8.8]", "[]", "[:::]", "[1::2::3]", "[::g]", "[[::1]]",
    "example.org:", "example.org:+80", "example.org:8_0", "example.org:٨٠", "example.org:80:81", "example.org:-1",
    "example.org:0x50", "example.org:99999", "example.org:000080", "example.org:0", "[::1]:", "a" * 64 + ".org",
    ".".join(["a" * 60] * 5),
]  # fmt: skip
USERS = ["u@example.org", "u:p@example.org", "@example.org", ":@example.org", "example.org@127.0.0.1", "a@b@c"]
SIGNS = [
    " http://a.org/", "http://a.org/ ", "http://a.org/a b", "http://a.org/\n", "http://a\t.org/", "ht\ntp://a.org/",
    "http://a.org\\@b.org/", "http:\\\\a.org/", "http://a.org/\\", "http://a.org/\x00", "http://a.org/\x7f",
    "http://a.org/\x85", "http://a.org/\u2028", "http://a.org/\ud800", "\x00http://a.org/",
]  # fmt: skip


@pytest.mark.parametrize("text", [*RELATIVE, *NO_HTTP])
def test_other_schemes(text: str) -> None:
    """Only http and https, with two slashes."""
    with pytest.raises(UnreadableError, match="begins neither with"):
        parse_address(text)


@pytest.mark.parametrize("host", HOSTS)
def test_odd_hosts(host: str) -> None:
    """What somebody could read differently is not read at all: numbers, signs, zones, dots at the end, odd ports."""
    for text in (f"http://{host}", f"https://{host}/a.png", f"http://{host}?a", f"HTTP://{host}#a"):
        with pytest.raises(UnreadableError):
            parse_address(text)


@pytest.mark.parametrize("authority", USERS)
def test_credentials(authority: str) -> None:
    """Names and passwords are neither sent nor dropped silently."""
    with pytest.raises(UnreadableError, match="user name or a password"):
        parse_address(f"https://{authority}/a.png")


@pytest.mark.parametrize("text", SIGNS)
def test_odd_signs(text: str) -> None:
    """Parsers drop tabs and line breaks and turn backslashes around, each in its own way."""
    with pytest.raises(UnreadableError, match="spaces, line breaks"):
        parse_address(text)


def test_too_long() -> None:
    """However long it is, it is not read to find that out."""
    assert parse_address("http://a.org/" + "a" * 7_987).port == 80
    with pytest.raises(UnreadableError, match="more than 8000"):
        parse_address("http://a.org/" + "a" * 7_988)


@given(st.text(st.characters(codec="utf-8") | st.sampled_from("0123456789abcdefx.:[]@%/\\#?-"), max_size=30))
def test_whatever_comes_is_read_or_refused(text: str) -> None:
    """Nothing else is raised; a host that is read is a plain name or an address, and no number in disguise."""
    try:
        address = parse_address(f"http://{text}")
    except UnreadableError:
        return
    assert address.host.isascii()
    assert address.host == address.url.raw_host
    assert (address.ip is None) == (":" not in address.host and not NUMBER.fullmatch(address.host.split(".")[-1]))


FOLLOWED = [
    ("/b.png", "https://a.org/b.png"), ("b.png", "https://a.org/x/b.png"), ("../b", "https://a.org/b"),
    ("?q", "https://a.org/x/a.png?q"), ("//b.org/c", "https://b.org/c"), ("https://b.org:444/c#d", "https://b.org:444/c"),
    ("", "https://a.org/x/a.png"), ("b@c?d=%2F", "https://a.org/x/b@c?d=%2F"), ("ä", "https://a.org/x/%C3%A4"),
]  # fmt: skip


@pytest.mark.parametrize(("location", "target"), FOLLOWED)
def test_redirects(location: str, target: str) -> None:
    """Whole, without a scheme, or relative to where they come from."""
    assert str(follow(parse_address("https://a.org/x/a.png"), location).url) == target


@pytest.mark.parametrize(
    "location",
    [
        *(f"//{authority}/" for authority in (*HOSTS, *USERS)), *NO_HTTP, *SIGNS,
        "/\\b.org", "\\\\b.org", "///b.org", "b:c", "/" + "a" * 8_000, "a" * 7_990,
    ],
)  # fmt: skip
def test_redirects_are_checked_as_urls_are(location: str) -> None:
    """Before anything is joined with anything, as it is written; and one sentence for all."""
    with pytest.raises(UnreadableError, match=r"^is redirected to a URL that is not followed$"):
        follow(parse_address("https://a.org/x/a.png"), location)


def test_no_way_back_from_https() -> None:
    """What was asked for in secret is not asked for in the open; the other way round is an improvement."""
    assert follow(parse_address("http://a.org/"), "https://a.org/").port == 443
    with pytest.raises(UnreadableError, match="from https to http"):
        follow(parse_address("https://a.org/"), "http://a.org/")
