"""Networks, and what is reached in none of them."""

from ipaddress import IPv4Address, IPv6Address, ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon.media.fetch.network import is_own, is_public

PUBLIC = [
    "1.1.1.1", "8.8.8.8", "9.255.255.255", "11.0.0.1", "100.63.255.255", "100.128.0.0", "126.0.0.1", "128.0.0.1",
    "169.253.1.1", "172.15.0.1", "172.32.0.1", "192.167.0.1", "193.0.0.1", "198.17.0.1", "198.20.0.1", "223.255.255.1",
    "2606:4700::1111", "2a00:1450:4001::1", "2001:4860:4860::8888", "2001:200::1", "::ffff:8.8.8.8", "64:ff9b::8.8.8.8",
    "2a00::5efe:8.8.8.8",
]  # fmt: skip
OWN = [
    "127.0.0.1", "127.255.255.254", "10.0.0.5", "172.16.0.1", "172.31.255.255", "192.168.1.1", "100.64.0.1",
    "100.127.255.255", "::1", "fd00::1", "fc00::1", "::ffff:127.0.0.1", "::ffff:10.0.0.5",
]  # fmt: skip
NEITHER = [
    "0.0.0.0", "0.1.2.3", "169.254.169.254", "169.254.170.2", "169.254.0.1", "100.100.100.200", "168.63.129.16",
    "192.0.0.192", "192.0.2.1", "192.88.99.1", "198.18.0.1", "198.19.255.255", "198.51.100.1", "203.0.113.9",
    "224.0.0.1", "239.255.255.255", "240.0.0.1", "255.255.255.255",
    "::", "::127.0.0.1", "::8.8.8.8", "fe80::1", "fe80::1%eth0", "fe80::a9fe:a9fe", "fec0::1", "ff02::1", "100::1",
    "fd00:ec2::254", "fd00:ec2::23", "fd20:ce::254", "fd00:42::42", "::ffff:169.254.169.254", "::ffff:0.0.0.0",
    "64:ff9b::127.0.0.1", "64:ff9b::10.0.0.1", "64:ff9b::169.254.169.254", "64:ff9b:1::8.8.8.8",
    "2002:7f00:1::", "2002:a00:1::1", "2002:808:808::1", "2001::1", "2001:0:7f00:1::", "2001:2::1", "2001:10::1",
    "2001:db8::1", "3fff::1", "3ffe::1", "5f00::1", "4000::1", "2a00::5efe:127.0.0.1", "2a00::200:5efe:10.0.0.1",
    "2a00::1%eth0", "fd00::1%eth0", "::1%lo", "64:ff9b::808:808%eth0",
]  # fmt: skip


@pytest.mark.parametrize("text", PUBLIC)
def test_public(text: str) -> None:
    """What everybody reaches; IPv4 written as IPv6, or reached through NAT64, is judged as what it is."""
    assert is_public(ip_address(text))
    assert not is_own(ip_address(text))


@pytest.mark.parametrize("text", OWN)
def test_own(text: str) -> None:
    """The machine and its networks are not public."""
    assert is_own(ip_address(text))
    assert not is_public(ip_address(text))


@pytest.mark.parametrize("text", NEITHER)
def test_neither(text: str) -> None:
    """Link-local, metadata, multicast, reserved, tunnels into what is not public: nobody has a reason to go there."""
    assert not is_public(ip_address(text))
    assert not is_own(ip_address(text))


@given(st.integers(0, 2**32 - 1).map(IPv4Address) | st.integers(0, 2**128 - 1).map(IPv6Address))
def test_public_is_what_python_calls_global(ip: IPv4Address | IPv6Address) -> None:
    """Nothing is public that the standard library knows to be special, but for addresses that stand for others."""
    if is_public(ip) and not (ip.version == 6 and int(ip) >> 32 in (0xFFFF, 0x64FF9B << 64)):
        assert ip.is_global
        assert not (ip.is_multicast or ip.is_reserved or ip.is_link_local or ip.is_unspecified)


@given(st.integers(0, 2**32 - 1).map(IPv4Address))
def test_forms_of_ipv4_are_no_way_around(ip: IPv4Address) -> None:
    """No IPv6 form of an address is public where the address is not."""
    forms = [f"::{ip}", f"::ffff:{ip}", f"64:ff9b::{ip}", f"2a00::5efe:{ip}", f"2a00::200:5efe:{ip}"]
    forms.append(str(IPv6Address(0x2002 << 112 | int(ip) << 80 | 1)))
    assert is_public(ip) or not any(is_public(ip_address(form)) for form in forms)
