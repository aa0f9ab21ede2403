"""Connections to the outside only: never to this machine, nor to the network that it stands in.

Whoever can set an address could otherwise let the desk speak to what only it can reach.  A name is
looked up once, every address that it has is looked at, and one of those is connected to: a name
that says something else a moment later gains nothing.
"""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterable
from ipaddress import IPv6Address, IPv6Network, ip_address
from typing import Any, Final, TypeAlias

import httpcore

Resolve: TypeAlias = Callable[[str, int], list[str]]
"""A host and a port to the addresses of the host; raises `OSError`."""

PORT: Final = 443
"""Workflows listen on no other."""

_NAT64: Final = IPv6Network("64:ff9b::/96")
"""Stands before an IPv4 address (RFC 6052)."""


class NotOutside(Exception):  # noqa: N818 - named after the fact
    """An address is not on the public internet, or not where workflows listen."""


class Outside(httpcore.NetworkBackend):
    """Connects to public addresses only."""

    def __init__(
        self, *, resolve: Resolve | None = None, inner: httpcore.NetworkBackend | None = None
    ) -> None:
        """Connect.

        Args:
            resolve: Looks a name up; None: as the machine does.
            inner: Connects to an address; None: by a socket.
        """
        self._resolve = resolve or look_up
        self._inner = inner or httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        """Connect to one of a host's addresses, after all of them were looked at.

        Raises:
            NotOutside: One of them is not public.
            httpcore.ConnectError: There is none, or none answers.
        """
        addresses = self._addresses(host, port)
        failed: Exception = httpcore.ConnectError("the name has no address")
        for address in addresses:
            try:
                return self._inner.connect_tcp(
                    address, port, timeout, local_address, socket_options
                )
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failed = error
        raise failed

    def _addresses(self, host: str, port: int) -> list[str]:
        if port != PORT:
            raise NotOutside(f"workflows listen on port {PORT} only")
        try:
            addresses = self._resolve(host, port)
        except (OSError, UnicodeError) as error:
            raise httpcore.ConnectError("the name cannot be looked up") from error
        if not all(is_public(one) for one in addresses):
            raise NotOutside("the address leads into a private network")
        return addresses


def look_up(host: str, port: int) -> list[str]:
    """Return the addresses of a host, in the order in which the machine would try them."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(place[0]) for *_, place in found))


def is_public(address: str) -> bool:
    """Whether an address belongs to the public internet, whatever it is wrapped in."""
    try:
        found = ip_address(address)
    except ValueError:  # with a zone, as of a link: not outside
        return False
    if isinstance(found, IPv6Address):
        if found.sixtofour or found.teredo:  # a tunnel, whose end is not looked at
            return False
        if found.ipv4_mapped:
            found = found.ipv4_mapped
        elif found in _NAT64:
            found = ip_address(int(found) & 0xFFFF_FFFF)
    return found.is_global and not found.is_multicast
