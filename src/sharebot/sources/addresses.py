"""Which addresses may be dialled: an explicit deny list, since `ipaddress.is_global` lets several through."""

import ipaddress

_DENIED = tuple(
    ipaddress.ip_network(network)
    for network in (
        # IANA IPv4 special-purpose registry, multicast and class E
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12",
        "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15",
        "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/3",
        "168.63.129.16/32",  # a cloud's metadata service on a public address
        # IANA IPv6 special-purpose registry; whatever can hold an IPv4 address inside; multicast
        "::/96", "::ffff:0:0/96", "64:ff9b::/96", "64:ff9b:1::/48", "100::/64", "2001::/23", "2001:db8::/32",
        "2002::/16", "3fff::/20", "5f00::/16", "fc00::/7", "fe80::/10", "fec0::/10", "ff00::/8",
    )
)  # fmt: skip


def is_public(address: str) -> bool:
    """Whether `address`, a literal IP address, is one of the open internet's."""
    try:
        ip = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    return not any(ip.version == network.version and ip in network for network in _DENIED)
