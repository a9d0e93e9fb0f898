"""Patterns, lists of patterns and lists of addresses, as match.c and addrmatch.c read them."""

import ipaddress
import socket
from typing import Optional, Tuple, Union

Address = Union[ipaddress.IPv4Address, ipaddress.IPv6Address]


def matches(text: str, pattern: str) -> bool:
    """Tell whether ``*`` and ``?`` of a pattern fit a text; in time that grows with their product at most.

    Args:
        text: The text.
        pattern: The pattern.
    """
    at = here = 0
    star, mark = -1, 0
    while at < len(text):
        if here < len(pattern) and pattern[here] == "*":
            star, mark = here, at
            here += 1
        elif here < len(pattern) and pattern[here] in ("?", text[at]):
            at += 1
            here += 1
        elif star >= 0:
            mark += 1
            here, at = star + 1, mark
        else:
            return False
    return not pattern[here:].strip("*")


def list_matches(text: str, patterns: str, lower: bool = False) -> int:
    """Return 1 where a list fits, -1 where one of its negated patterns does, else 0 (match_pattern_list).

    Args:
        text: The text.
        patterns: Separated by commas.
        lower: Whether patterns are read in small letters.
    """
    found = 0
    for part in patterns.split(",") if patterns else []:
        negated = part[:1] == "!"
        part = part[1:] if negated else part
        if len(part) >= 1023:
            return 0
        if matches(text, part.lower() if lower else part):
            if negated:
                return -1
            found = 1
    return found


def address_of(text: str) -> Optional[Address]:
    """Return a numeric address as getaddrinfo takes it: also ``127.1``."""
    try:
        return ipaddress.ip_address(text)
    except ValueError:
        pass
    if text and not text.strip("0123456789abcdefABCDEFx."):
        try:
            return ipaddress.IPv4Address(socket.inet_aton(text))
        except (OSError, ValueError):
            pass
    return None


def _network(text: str) -> Tuple[str, Optional[Address], int]:
    """Return ``network``, ``text`` (no address: a pattern) or ``bad``; the address and the length of its mask."""
    host, slash, mask = text.partition("/")
    length = -1
    if slash:
        if not mask.lstrip("+").isdigit() or not mask.isascii() or int(mask) > 0x7FFFFFFF:
            return "text", None, 0
        length = int(mask)
    address = address_of(host) if len(text) < 64 else None
    if address is None:
        return "text", None, 0
    length = address.max_prefixlen if length < 0 else length
    if length > address.max_prefixlen:
        return "bad", None, 0
    if length < address.max_prefixlen and int(address) & ((1 << (address.max_prefixlen - length)) - 1):
        return "bad", None, 0
    return "network", address, length


def addresses_match(text: Optional[str], patterns: str) -> int:
    """Return 1, 0 or -1 as ``list_matches`` does, or -2 where sshd refuses the list; None only checks it.

    Args:
        text: An address; None for none.
        patterns: Separated by commas.
    """
    here = address_of(text) if text is not None else None
    if text is not None and here is None:
        return 0
    found = 0
    for part in patterns.split(","):
        negated = part[:1] == "!"
        part = part[1:] if negated else part
        if not part:
            return -2
        kind, address, length = _network(part)
        if kind == "bad":
            return -2
        if text is None or here is None:
            continue
        if address is not None:
            shift = address.max_prefixlen - length
            fits = address.version == here.version and int(address) >> shift == int(here) >> shift
        else:
            fits = matches(text, part)
        if fits and negated:
            return -1
        found = 1 if fits else found
    return found


def user_fault(pattern: str) -> bool:
    """Tell whether sshd refuses a pattern of AllowUsers or DenyUsers (match_user)."""
    return not pattern or ("@" in pattern and addresses_match(None, pattern.rpartition("@")[2]) == -2)


def split_host(text: str) -> Tuple[Optional[str], Optional[str]]:
    """Return host and the rest after its ``:``; no host where that can't be parted, or ``/`` comes first (hpdelim)."""
    if text.startswith("["):
        end = text.find("]")
        if end < 0:
            return None, None
        host, rest = text[: end + 1], text[end + 1 :]
    else:
        end = next((i for i, c in enumerate(text) if c in ":/"), len(text))
        host, rest = text[:end], text[end:]
    if not rest:
        return host, None
    return (host, rest[1:]) if rest[0] == ":" else (None, None)


def clean(host: str) -> str:
    """Return a host without its brackets."""
    return host[1:-1] if host.startswith("[") and host.endswith("]") else host
