"""Which addresses webhooks and vendors may have: one row for each kind that there is."""

from __future__ import annotations

from ipaddress import IPv4Address, ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.outgoing.public_addresses import is_public

NOT_PUBLIC = {
    "this host's": ("127.0.0.1", "127.255.255.255", "::1"),
    "none yet": ("0.0.0.0", "0.255.255.255", "::"),
    "private": (
        "10.0.0.0",
        "10.255.255.255",
        "172.16.0.1",
        "172.31.255.255",
        "192.168.0.1",
        "fc00::1",
        "fd00:ec2::254",
    ),
    "of the link": ("169.254.169.254", "fe80::1", "fe80::1%eth0", "febf::1"),
    "of a site, given up": ("fec0::1", "feff:ffff::1"),
    "shared by a carrier's customers": ("100.64.0.1", "100.127.255.255"),
    "of protocols": ("192.0.0.1", "192.0.0.9", "192.0.0.255", "2001:1::1", "2001:20::1", "2001:1ff::1"),
    "of documentation": ("192.0.2.1", "198.51.100.1", "203.0.113.1", "2001:db8::1", "3fff::1", "3fff:fff::1"),
    "of benchmarks": ("198.18.0.1", "198.19.255.255", "2001:2::1"),
    "of many at once": ("224.0.0.1", "239.255.255.255", "ff02::1", "ff0e::1"),
    "reserved": ("240.0.0.1", "255.255.255.255", "4000::1", "100::1", "5f00::1"),
    "relays of 6to4": ("192.88.99.0", "192.88.99.1", "192.88.99.255"),
    "6to4": ("2002:7f00:1::", "2002:808:808::1"),
    "Teredo": ("2001::1", "2001:0:7f00:1::1"),
    "IPv4 in IPv6, mapped": (
        "::ffff:10.0.0.1",
        "::ffff:127.0.0.1",
        "::ffff:192.88.99.1",
        "::ffff:169.254.169.254",
    ),
    "IPv4 in IPv6, compatible": ("::127.0.0.1", "::10.0.0.1", "::8.8.8.8"),
    "IPv4 in IPv6, translated": ("::ffff:0:127.0.0.1", "::ffff:0:8.8.8.8"),
    "IPv4 in IPv6, by NAT64": ("64:ff9b::127.0.0.1", "64:ff9b::a00:1", "64:ff9b::169.254.169.254"),
    "NAT64 of a network's own": ("64:ff9b:1::1", "64:ff9b:1::8.8.8.8"),
}

PUBLIC = [
    "93.184.216.34", "8.8.8.8", "1.1.1.1", "172.15.255.255", "172.32.0.1", "192.88.98.255", "192.88.100.0", "192.0.1.1",
    "100.63.255.255", "100.128.0.1", "223.255.255.255",
    "2606:2800:220:1:248:1893:25c8:1946", "2001:200::1", "2001:4860:4860::8888", "2a00:1450::1", "2003::1",
    "2001:db7::1", "2001:db9::1", "3ffe::1",
    "::ffff:8.8.8.8", "64:ff9b::8.8.8.8",
]  # fmt: skip


@pytest.mark.parametrize(
    "address", [pytest.param(one, id=f"{kind}: {one}") for kind, found in NOT_PUBLIC.items() for one in found]
)
def test_no_address_with_another_purpose_is_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", PUBLIC)
def test_addresses_on_the_internet_are_public(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize("address", ["", "localhost", "1.2.3", "1.2.3.4.5", "::1::", "0x7f000001"])
def test_what_is_no_address_is_an_error(address: str) -> None:
    with pytest.raises(ValueError, match="does not appear to be an IPv4 or IPv6 address"):
        is_public(address)


@given(st.integers(0, 2**32 - 1).map(IPv4Address))
def test_an_address_inside_another_one_is_never_more_public_than_by_itself(inside: IPv4Address) -> None:
    for form in ("::ffff:{}", "64:ff9b::{}", "::{}", "::ffff:0:{}", "64:ff9b:1::{}"):
        assert is_public(str(inside)) or not is_public(form.format(inside))
    assert not is_public(str(ip_address((0x2002 << 112) | (int(inside) << 80))))
