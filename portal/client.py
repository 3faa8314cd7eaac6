"""Who is calling: the address behind the proxies that the settings trust, and no other."""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence

from django.conf import settings
from django.http import HttpRequest

from portal.environment import Network

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

SAME_HOUSE = 64
"""Leading bits of an IPv6 address that one subscriber holds (RFC 6177); the rest is theirs."""


def address_of(request: HttpRequest) -> str | None:
    """The caller's address; ``None`` if the server does not know it (a Unix socket).

    X-Forwarded-For is read from its right end, where the proxy writes, and only as far as each
    address belongs to a trusted proxy: what a caller puts into the header itself stands further
    left and is never reached.
    """
    nearest = _address(request.META.get("REMOTE_ADDR", ""))
    forwarded = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")
    proxies: Sequence[Network] = settings.TRUSTED_PROXIES
    while nearest is not None and forwarded and any(nearest in network for network in proxies):
        before = _address(forwarded.pop().strip())
        if before is None:
            break
        nearest = before
    return str(nearest) if nearest is not None else None


def is_owner(request: HttpRequest) -> bool:
    """Whether the call comes from this machine itself, with no proxy in between.

    Nobody is limited on their own laptop. As soon as a proxy is trusted, every call counts.
    """
    if settings.TRUSTED_PROXIES:
        return False
    nearest = _address(request.META.get("REMOTE_ADDR", ""))
    return nearest is not None and nearest.is_loopback


def household_of(request: HttpRequest) -> str:
    """What limits are counted by: an IPv4 address, or the network of an IPv6 subscriber."""
    address = _address(address_of(request) or "")
    if isinstance(address, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((address, SAME_HOUSE), strict=False))
    return str(address)


def _address(text: str) -> Address | None:
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return None
    mapped = getattr(address, "ipv4_mapped", None)  # ::ffff:192.0.2.1, as dual-stack sockets say
    return mapped or address
