"""Table dns_resolvers: where names are asked for.

Source: ``/etc/resolv.conf`` as the C library reads it (resolv.conf(5), glibc 2.41); without the file it asks the
machine itself. ``options`` are the bits of ``<resolv.h>``, the same in every row. As in osquery, each row of type
``search`` has the first domain of the list; unlike there, an IPv6 server has its address.
"""

import re
from typing import Dict, Iterator, List, Tuple

from rempart_agent.source.contract import BIGINT, INTEGER, TEXT, Column, Loop, Missing, Query, Row, Value
from rempart_agent.source.target import Target

OFFLINE = "full"
SOURCE = "/etc/resolv.conf"
COLUMNS = (
    Column("id", INTEGER),
    Column("type", TEXT),
    Column("address", TEXT),
    Column("netmask", TEXT),
    Column("options", BIGINT),
    Column("pid_with_namespace", INTEGER, hidden=True),
)

_DEFAULT = 0x2C1  # RES_INIT, RES_RECURSE, RES_DEFNAMES, RES_DNSRCH
_OPTIONS = (  # the C library compares the beginning of a word, in this order
    ("rotate", 0x4000),
    ("edns0", 0x100000),
    ("single-request-reopen", 0x400000),
    ("single-request", 0x200000),
    ("no_tld_query", 0x1000000),
    ("no-tld-query", 0x1000000),
    ("no-reload", 0x2000000),
    ("use-vc", 0x8),
    ("trust-ad", 0x4000000),
    ("no-aaaa", 0x8000000),
    ("strict-error", 0x10000000),
)
_SERVERS, _DOMAINS, _SORTS, _DOMAIN_BYTES = 3, 6, 10, 256
_KEYWORD = re.compile(r"(nameserver|domain|search|sortlist|options)[ \t]+(.*)", re.DOTALL)
_WORD = re.compile(r"[^ \t]+")


def rows(target: Target, query: Query) -> Iterator[Row]:
    """See Table.rows: one row for each server, sorting rule and search domain."""
    try:
        text = target.text(SOURCE)
    except (Missing, Loop):
        text = ""
    return parse(text, _host(target).partition(".")[2])


def _host(target: Target) -> str:
    if target.live:
        return target.name
    try:
        return target.text("/etc/hostname").strip()
    except (Missing, Loop):
        return ""


def parse(text: str, domain: str = "") -> Iterator[Dict[str, Value]]:
    """Parse resolv.conf(5).

    Args:
        text: The file.
        domain: The domain of the machine's own name, which is searched where the file names none.
    """
    servers: List[str] = []
    search: List[str] = []
    sorts: List[Tuple[str, int]] = []
    options = _DEFAULT
    for line in text.split("\n"):
        found = _KEYWORD.match(line)
        words = _WORD.findall(found.group(2)) if found else []
        if not found or not words:
            continue
        keyword = found.group(1)
        if keyword == "nameserver" and _is_address(words[0]):
            servers.append(_plain(words[0]))
        elif keyword == "domain":
            search = words[:1]
        elif keyword == "search":
            search = words
        elif keyword == "sortlist":
            sorts = list(filter(None, map(_sort, words)))
        elif keyword == "options":
            for word in words:
                options |= next((bit for name, bit in _OPTIONS if word.startswith(name)), 0)
    for number, server in enumerate((servers or ["127.0.0.1"])[:_SERVERS]):
        yield {"id": number, "type": "nameserver", "address": server, "netmask": "32", "options": options}
    for number, (address, mask) in enumerate(sorts[:_SORTS]):
        yield {"id": number, "type": "sortlist", "address": address, "netmask": str(mask), "options": options}
    domains = search or ([domain] if domain else [])
    for number in range(_searched(domains)):
        yield {"id": number, "type": "search", "address": domains[0], "options": options}


def _searched(domains: List[str]) -> int:
    """Return how many of the domains the C library has room for."""
    room = _DOMAIN_BYTES
    for count, domain in enumerate(domains[:_DOMAINS]):
        room -= len(domain.encode("utf-8", "replace")) + 1
        if room < 0:
            return count
    return min(len(domains), _DOMAINS)


def _is_address(word: str) -> bool:
    import socket

    if "\0" in word or not word.isascii():
        return False
    try:
        if ":" in word:
            socket.inet_pton(socket.AF_INET6, word.partition("%")[0])
        else:
            socket.inet_aton(word)
    except OSError:
        return False
    return word == word.strip()


def _plain(word: str) -> str:
    """Return an IPv4 address with its four numbers (``10.1`` is ``10.0.0.1``), any other as it stands."""
    import socket

    return word if ":" in word else socket.inet_ntoa(socket.inet_aton(word))


def _sort(word: str) -> "Tuple[str, int] | None":
    """Return network and mask of a sorting rule; the mask as the C library keeps it, a number in network order."""
    import socket
    import sys

    network, _, mask = word.replace("&", "/").partition("/")
    if not _is_address(network) or ":" in network or (mask and (not _is_address(mask) or ":" in mask)):
        return None
    packed = socket.inet_aton(network)
    given = socket.inet_aton(mask) if mask else b"\xff" * (1 if packed[0] < 128 else 2 if packed[0] < 192 else 3)
    number = int.from_bytes(given.ljust(4, b"\0"), sys.byteorder, signed=True)
    return socket.inet_ntoa(packed), number
