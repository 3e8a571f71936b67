"""Allow-lists of hosts."""

from ipaddress import ip_address

import pytest

from antiphon.media.fetch.address import parse_address
from antiphon.media.fetch.policy import HostRule, Policy, Reach, is_within, parse_hosts

RULES = [
    ("*", HostRule("", wildcard=True)),
    ("*:8080", HostRule("", 8080, wildcard=True)),
    ("Example.ORG", HostRule("example.org")),
    ("example.org:80", HostRule("example.org", 80)),
    ("*.example.org", HostRule(".example.org", wildcard=True)),
    ("*.example.org:443", HostRule(".example.org", 443, wildcard=True)),
    ("8.8.8.8", HostRule("8.8.8.8")),
    ("[2606:4700:0::1]:81", HostRule("2606:4700::1", 81)),
    ("private:images.internal", HostRule("images.internal", private=True)),
    ("PRIVATE:127.0.0.1:8000", HostRule("127.0.0.1", 8000, private=True)),
    ("private:[::1]", HostRule("::1", private=True)),
    ("private:localhost", HostRule("localhost", private=True)),
    ("private:8.8.8.8", HostRule("8.8.8.8", private=True)),
]


@pytest.mark.parametrize(("pattern", "rule"), RULES)
def test_patterns(pattern: str, rule: HostRule) -> None:
    """Names, wildcards and addresses, with or without a port; what is meant to be inside says so."""
    assert parse_hosts(f" {pattern} ") == (rule,)


def test_several() -> None:
    """Between commas."""
    assert parse_hosts("*.a.org, b.org:1") == (HostRule(".a.org", wildcard=True), HostRule("b.org", 1))


BAD = [
    ("", "is no host"), ("a.org,,b.org", "is no host"), ("https://a.org", "is no host"), ("a.org/x", "is no host"),
    ("a.org?x", "is no host"), ("a.org#x", "is no host"), ("u@a.org", "is no host"), ("a b", "is no host"),
    ("*a.org", "is no host"), ("a.*", "is no host"), ("**", "is no host"), ("*.*.org", "is no host"),
    ("*.", "is no host"),
    ("*.0.0.1", "is no host"), ("127.1", "is no host"), ("[::ffff:127.0.0.1]", "is no host"), ("a.org:0", "is no host"),
    ("a.org:x", "is no host"), ("*:", "is no host"), ("private:", "is no host"), ("bücher.org", "is no host"),
    ("private:private:a", "is no host"), ("a.org.", "is no host"), ("a" * 9_000, "is no host"),
    ("private:*", "without '*'"), ("private:*.a.org", "without '*'"),
    ("10.0.0.5", "write private:10.0.0.5"), ("127.0.0.1:80", "write private:127.0.0.1:80"),
    ("[::1]", r"private:\[::1\]"),
    ("169.254.169.254", "never fetched"), ("private:169.254.169.254", "never fetched"), ("0.0.0.0", "never fetched"),
    ("private:0.0.0.0", "never fetched"), ("private:[fd00:ec2::254]", "never fetched"),
    ("private:100.100.100.200", "never fetched"), ("224.0.0.1", "never fetched"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "reason"), BAD)
def test_bad_patterns(text: str, reason: str) -> None:
    """One plain sentence, when the server starts."""
    with pytest.raises(ValueError, match=reason) as caught:
        parse_hosts(text)
    assert "\n" not in str(caught.value)


REACHED: list[tuple[str, str, Reach]] = [
    ("*", "http://a.org", "public"), ("*", "http://8.8.8.8:99", "public"), ("*", "http://[2a00::1]", "public"),
    ("*", "http://localhost", "none"), ("*", "http://intranet:80", "none"), ("*", "http://127.0.0.1", "public"),
    ("*:443", "http://a.org", "none"), ("*:443", "https://a.org", "public"),
    ("a.org", "http://a.org:99", "public"), ("a.org:80", "http://a.org", "public"),
    ("a.org:80", "https://a.org", "none"),
    ("a.org", "http://b.a.org", "none"), ("a.org", "http://ba.org", "none"), ("a.org", "http://a.org.b.org", "none"),
    ("*.a.org", "http://b.a.org", "public"), ("*.a.org", "http://c.b.a.org", "public"),
    ("*.a.org", "http://a.org", "none"),
    ("*.a.org", "http://ba.org", "none"), ("*.a.org", "http://b.a.org.c.org", "none"),
    ("a.org,private:b.org", "http://b.org", "private"), ("a.org,private:b.org", "http://a.org", "public"),
    ("*,private:b.org:81", "http://b.org:81", "private"), ("*,private:b.org:81", "http://b.org", "public"),
    ("private:localhost", "http://localhost:1", "private"), ("private:[::1]", "http://[0::1]", "private"),
    ("private:127.0.0.1", "http://127.0.0.2", "none"), ("localhost", "http://localhost", "public"),
]  # fmt: skip


@pytest.mark.parametrize(("hosts", "url", "reach"), REACHED)
def test_reach(hosts: str, url: str, reach: Reach) -> None:
    """Which rule counts for a URL. No wildcard means names without a dot."""
    address = parse_address(url)
    assert Policy(hosts=parse_hosts(hosts)).reach(address.host, address.port) == reach


WITHIN: list[tuple[str, bool, bool]] = [
    ("8.8.8.8", True, True), ("2a00::1", True, True), ("10.0.0.5", False, True), ("127.0.0.1", False, True),
    ("::1", False, True), ("fd00::1", False, True), ("100.64.0.1", False, True), ("169.254.169.254", False, False),
    ("fd00:ec2::254", False, False), ("100.100.100.200", False, False), ("168.63.129.16", False, False),
    ("0.0.0.0", False, False), ("fe80::1", False, False), ("224.0.0.1", False, False), ("2002:a00:5::", False, False),
]  # fmt: skip


@pytest.mark.parametrize(("ip", "public", "private"), WITHIN)
def test_addresses_of_a_reach(ip: str, public: bool, private: bool) -> None:
    """`private:` adds the operator's own networks, and never metadata or link-local addresses."""
    assert is_within(ip_address(ip), "public") == public
    assert is_within(ip_address(ip), "private") == private
    assert not is_within(ip_address(ip), "none")


def test_nothing_is_fetched_unless_somebody_says_so() -> None:
    """The default; and caps that are told in the documentation."""
    policy = Policy()
    assert (policy.hosts, policy.most_bytes, policy.within_s, policy.most_redirects) == (None, 20_000_000, 10.0, 3)
    assert policy.reach("a.org", 80) == "none"
