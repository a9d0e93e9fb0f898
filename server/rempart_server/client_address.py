"""From which address a request came: the connection's, or what a trusted proxy says.

Source: MDN, "X-Forwarded-For": the list is read from its end, and the first address that is no trusted proxy's counts.
"""

import ipaddress
from collections.abc import Sequence

from starlette.requests import HTTPConnection

_MOST = 64


def address_of(request: HTTPConnection, trusted: Sequence[str]) -> str:
    """Return the client's address; ``""`` where the server does not know it.

    Args:
        request: Any request.
        trusted: Addresses and networks of proxies, as ``server.yaml`` has them.
    """
    here = _plain(request.client.host) if request.client else ""
    if not trusted:
        return here
    said = ",".join(request.headers.getlist("x-forwarded-for")).split(",")[-_MOST:]
    for one in reversed(said):
        if not is_in(here, trusted):
            break
        address = _plain(one.strip())
        if not address:
            break
        here = address
    return here


def _plain(text: str) -> str:
    """Return an address in its usual form; ``""`` for what is none."""
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return ""
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return str(mapped or address)


def is_in(address: str, networks: Sequence[str]) -> bool:
    """Tell whether an address is one of some networks.

    Args:
        address: Of a client; ``""`` is in none.
        networks: Addresses and networks, as ``server.yaml`` has them.
    """
    return bool(address) and any(ipaddress.ip_address(address) in ipaddress.ip_network(one) for one in networks)


def network_of(address: str) -> str:
    """Return what counts as one address: of IPv6 the network of 64 bits, all of which one machine may have.

    Args:
        address: Of a client; ``""`` where it is not known.
    """
    if ":" not in address:
        return address
    return str(ipaddress.ip_network(f"{address.partition('%')[0]}/64", strict=False))
