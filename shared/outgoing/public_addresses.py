"""Whether an IP address is on the public internet. All others are private, this host, multicast or unused.

For IPv6 the check is reversed: one block belongs to the internet, and all others have another purpose.
https://www.iana.org/assignments/iana-ipv4-special-registry, https://www.iana.org/assignments/iana-ipv6-special-registry
"""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

NOT_PUBLIC_4 = tuple(
    map(
        IPv4Network,
        (
            "192.0.0.0/24",  # assignments of protocols; some Pythons take a few of them for public
            "192.88.99.0/24",  # relays of 6to4, given up
        ),
    )
)
"""What `ipaddress` takes for public, or some version of it."""

PUBLIC_6 = IPv6Network("2000::/3")
"""Outside of it lie ::, ::1, the private fc00::/7, the link-local fe80::/10, the given up fec0::/10 of sites, and forms
of IPv4 such as ::127.0.0.1 and ::ffff:0:127.0.0.1."""

NOT_PUBLIC_6 = tuple(
    map(
        IPv6Network,
        (
            "2001::/23",  # assignments of protocols: Teredo, which leads to an IPv4 address, ORCHID, benchmarks
            "2001:db8::/32",  # documentation
            "2002::/16",  # 6to4, which leads to an IPv4 address
            "3fff::/20",  # documentation
        ),
    )
)

TRANSLATED = IPv6Network("64:ff9b::/96")
"""IPv4 as a network of IPv6 alone reaches it (NAT64). Who is reached is the address inside."""


def is_public(address: str) -> bool:
    """Raises ValueError for what is no address. A zone at its end (`fe80::1%eth0`) makes no difference."""
    ip = ip_address(address.partition("%")[0])
    if isinstance(ip, IPv4Address):
        return _is_public_4(ip)
    inside = _ipv4_inside(ip)
    if inside is not None:
        return _is_public_4(inside)
    return ip in PUBLIC_6 and ip.is_global and not any(ip in network for network in NOT_PUBLIC_6)


def _is_public_4(ip: IPv4Address) -> bool:
    return ip.is_global and not ip.is_multicast and not any(ip in network for network in NOT_PUBLIC_4)


def _ipv4_inside(ip: IPv6Address) -> IPv4Address | None:
    if ip.ipv4_mapped is not None:
        return ip.ipv4_mapped
    return IPv4Address(int(ip) & 0xFFFFFFFF) if ip in TRANSLATED else None
