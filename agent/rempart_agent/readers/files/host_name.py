"""Tells this machine's own names and addresses from those of others, by its files: /etc/hosts, /etc/hostname."""

import socket
from typing import Dict, Optional, Tuple

from rempart_agent.source.contract import Loop, Missing
from rempart_agent.source.target import Target

_LOCAL = (
    "localhost",
    "localhost.localdomain",
    "localhost6",
    "localhost6.localdomain6",
    "ip6-localhost",
    "ip6-loopback",
)


class Names:
    """What the files of a target say of names."""

    def __init__(self, target: Target) -> None:
        """Read them.

        Raises:
            Denied: one may not be read.
        """
        self._addresses: Dict[str, str] = {}
        for line in _text(target, "/etc/hosts").split("\n"):
            words = line.partition("#")[0].split()
            for name in words[1:]:
                self._addresses.setdefault(name.lower(), words[0])
        self._own = _text(target, "/etc/hostname").strip().lower()

    def place(self, name: str) -> Tuple[Optional[int], str]:
        """Return whether a name or address is another machine's (1, 0; None for no name), and its address if known."""
        name = name.strip().lower().rstrip(".")
        if not name:
            return None, ""
        address = plain(self._addresses.get(name, name))
        if address:
            return int(not is_loopback(address)), address
        own = name == self._own or (bool(self._own) and name.partition(".")[0] == self._own.partition(".")[0])
        return int(not (own or name in _LOCAL or name.endswith(".localhost"))), ""


def plain(text: str) -> str:
    """Return an address in its plain form (``127.1`` is 127.0.0.1, as for getaddrinfo(3)); ``""`` for a name."""
    import ipaddress

    text = text.strip("[]").partition("%")[0]
    try:
        if ":" in text:
            six = ipaddress.IPv6Address(text)
            return str(six.ipv4_mapped or six)
        return socket.inet_ntoa(socket.inet_aton(text)) if text[:1].isdigit() and " " not in text else ""
    except (OSError, ValueError):
        return ""


def is_loopback(address: str) -> bool:
    """Tell whether an address is this machine's on any machine."""
    import ipaddress

    parsed = ipaddress.ip_address(address)
    return parsed.is_loopback or parsed.is_unspecified


def _text(target: Target, path: str) -> str:
    try:
        return target.text(path)
    except (Missing, Loop):
        return ""
