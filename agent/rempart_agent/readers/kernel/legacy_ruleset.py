"""The legacy tables of iptables and ip6tables, as the model of the firewall takes them.

Source: ``/proc/net/ip_tables_names``, ``/proc/net/ip6_tables_names`` and the socket options of
linux/netfilter_ipv4/ip_tables.h and linux/netfilter_ipv6/ip6_tables.h, asked in the network namespace of process 1.
"""

import base64
import sys
from typing import Any, Dict, Iterator, List, NamedTuple, Optional, Tuple

from rempart_agent.models.firewall import ruleset, xt
from rempart_agent.readers.kernel import host_network
from rempart_agent.source.contract import Denied, Malformed, SourceError
from rempart_agent.source.target import Target

SOURCES = {"ip": "iptables", "ip6": "ip6tables"}
"""Under which names the answers are asked for, see ``Target.ask``."""
_GET_INFO, _GET_ENTRIES = 64, 65
_INFO_SIZE, _ENTRIES_HEADER = 84, 40
_MOST = 64 * 1024 * 1024
_HOOKS = ("prerouting", "input", "forward", "output", "postrouting")
_PRIORITIES = {
    "raw": {"*": -300},
    "mangle": {"*": -150},
    "nat": {"prerouting": -100, "output": -100, "input": 100, "postrouting": 100},
    "filter": {"*": 0},
    "security": {"*": 50},
}
_ACCEPT, _DROP, _QUEUE, _RETURN = -2, -1, -4, -5


class _Layout(NamedTuple):
    """Where the parts of an entry lie: struct ipt_entry and struct ip6t_entry."""

    wide: int
    size: int
    target: int
    names: int
    protocol: int
    flags: int


_LAYOUTS = {
    "ip": _Layout(wide=4, size=112, target=88, names=16, protocol=80, flags=82),
    "ip6": _Layout(wide=16, size=168, target=140, names=64, protocol=128, flags=131),
}


def ask(target: Target, family: str) -> List[Tuple[str, Dict[str, str]]]:
    """Return what ``read`` does of the machine's network namespace, read once for all tables.

    Args:
        target: What is looked at.
        family: ``ip`` or ``ip6``.
    """

    def question() -> List[Tuple[str, Dict[str, str]]]:
        return target.ask(SOURCES[family], lambda: host_network.ask(lambda: read(family)))

    answers: List[Tuple[str, Dict[str, str]]] = target.shared(SOURCES[family], question)
    return answers


def read(family: str) -> List[Tuple[str, Dict[str, str]]]:
    """Return each loaded table's name and its ``info`` and ``entries``, as the kernel gives them, in base64.

    Args:
        family: ``ip`` or ``ip6``.

    Raises:
        Denied: the run is not root.
    """
    import socket

    listing = "/proc/thread-self/net/{}_tables_names".format(family)
    try:
        with open(listing, encoding="ascii", errors="replace") as file:
            names = file.read().split()
    except FileNotFoundError:
        return []
    except PermissionError as error:
        raise Denied("{value}: may not be read", value=listing.replace("thread-self/", "")) from error
    if not names:
        return []
    kind, level = (socket.AF_INET, socket.IPPROTO_IP) if family == "ip" else (socket.AF_INET6, socket.IPPROTO_IPV6)
    answers = []
    with socket.socket(kind, socket.SOCK_RAW, socket.IPPROTO_RAW) as sock:
        for name in names:
            start = name.encode("ascii")[:31]
            info = _option(sock.fileno(), level, _GET_INFO, start, _INFO_SIZE)
            size = _word(info, 80)
            if size > _MOST:
                raise SourceError("{family}tables: more than {most} MiB of rules", family=family, most=_MOST >> 20)
            request = start.ljust(32, b"\0") + size.to_bytes(4, _ORDER)
            entries = _option(sock.fileno(), level, _GET_ENTRIES, request, size + _ENTRIES_HEADER)[_ENTRIES_HEADER:]
            answers.append((name, {"info": _encode(info), "entries": _encode(entries)}))
    return answers


_ORDER: Any = sys.byteorder


def _option(descriptor: int, level: int, number: int, start: bytes, size: int) -> bytes:
    import ctypes
    import os

    libc = ctypes.CDLL(None, use_errno=True)
    buffer = ctypes.create_string_buffer(start, size)
    length = ctypes.c_uint32(size)
    if libc.getsockopt(descriptor, level, number, buffer, ctypes.byref(length)):
        code = ctypes.get_errno()
        error = Denied if code in (1, 13) else SourceError
        raise error("iptables: {why}", why=SourceError(os.strerror(code)))
    return buffer.raw[: length.value]


def _encode(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


def decode(answer: Dict[str, str]) -> Tuple[bytes, bytes]:
    """Return ``info`` and ``entries`` of a recorded answer; raises ``Malformed``."""
    try:
        info = base64.b64decode(answer["info"], validate=True)
        entries = base64.b64decode(answer["entries"], validate=True)
    except (KeyError, TypeError, ValueError) as error:
        raise Malformed("iptables: no answer") from error
    if len(info) < _INFO_SIZE:
        raise Malformed("iptables: no description of a table")
    return info, entries


def parse(family: str, name: str, answer: Dict[str, str]) -> ruleset.Ruleset:
    """Make the chains of one table. Raises ``Malformed``.

    Args:
        family: ``ip`` or ``ip6``.
        name: The table's name.
        answer: What the kernel says of it, see ``read``.
    """
    info, data = decode(answer)
    layout = _LAYOUTS[family]
    records = list(_records(data, layout))
    begins = {}
    policies = set()
    for at, hook in enumerate(_HOOKS):
        if _word(info, 32) >> at & 1:
            begins[_word(info, 36 + 4 * at)] = hook
            policies.add(_word(info, 56 + 4 * at))
    heads: Dict[int, str] = {at: hook.upper() for at, hook in begins.items()}
    for at, size in records:
        if _target(data, at, layout)[0] == "ERROR" and at + size < len(data) and at not in begins:
            heads[at + size] = _text(_target(data, at, layout)[1][:30])
    table = "iptables-legacy " + name
    rules: Dict[str, List[ruleset.Rule]] = {chain: [] for chain in heads.values()}
    bases: Dict[str, ruleset.Base] = {}
    chain = ""
    for at, size in records:
        chain = heads.get(at, chain)
        kind, value = _target(data, at, layout)
        if not chain or kind == "ERROR":
            continue
        if at in policies:
            code = int.from_bytes(value[:4], _ORDER, signed=True)
            hook = begins[max(b for b in begins if b <= at)]
            steps = _PRIORITIES.get(name, {"*": 0})
            bases[chain] = ruleset.Base(
                hook=hook,
                priority=steps.get(hook, steps.get("*", 0)),
                type="nat" if name == "nat" else "filter",
                policy="drop" if code == _DROP else "accept",
            )
            continue
        rules[chain].append(_rule(family, data, (at, size), heads, layout))
    chains = {(family, table, chain): ruleset.Chain(tuple(those), bases.get(chain)) for chain, those in rules.items()}
    return ruleset.Ruleset(chains, {})


def _records(data: bytes, layout: _Layout) -> Iterator[Tuple[int, int]]:
    """Return where each record lies, and its size."""
    at = 0
    while at < len(data):
        if at + layout.size > len(data):
            raise Malformed("iptables: a rule is cut off")
        target, size = _half(data, at + layout.target), _half(data, at + layout.target + 2)
        if not layout.size <= target <= size - 32 or at + size > len(data):
            raise Malformed("iptables: a rule does not fit")
        yield at, size
        at += size


def _target(data: bytes, at: int, layout: _Layout) -> Tuple[str, bytes]:
    """Return the name of a record's target (``""`` is a verdict or jump) and what follows it."""
    begin, end = at + _half(data, at + layout.target), at + _half(data, at + layout.target + 2)
    return _text(data[begin + 2 : begin + 31]), data[begin + 32 : end]


def _rule(family: str, data: bytes, record: Tuple[int, int], heads: Dict[int, str], layout: _Layout) -> ruleset.Rule:
    at, size = record
    made = [ruleset.Expression("header", {0: _header(data, at, layout)})]
    place, end = at + layout.size, at + _half(data, at + layout.target)
    while place < end:
        length = _half(data, place)
        if length < 32 or place + length > end:
            raise Malformed("iptables: a match does not fit")
        made.append(_extension("match", data[place : place + length]))
        place += length
    kind, value = _target(data, at, layout)
    if kind:
        made.append(_extension("target", data[end : at + size]))
        return tuple(made)
    code = int.from_bytes(value[:4], _ORDER, signed=True)
    goes = data[at + layout.flags] & (2 if family == "ip" else 4)
    if code >= 0:
        if code == at + size:
            return tuple(made)  # no verdict: the next rule
        name = heads.get(code)
        if name is None:
            raise Malformed("iptables: a jump to no chain")
        verdict = ruleset.Verdict("goto" if goes else "jump", name)
    else:
        verdict = ruleset.Verdict({_ACCEPT: "accept", _DROP: "drop", _RETURN: "return"}.get(code, "unknown"))
    return (*made, ruleset.Expression("immediate", {1: b"\0\0\0\0", 2: verdict}))


def _extension(kind: str, data: bytes) -> ruleset.Expression:
    return ruleset.Expression(
        kind, {1: data[2:31].split(b"\0", 1)[0], 2: bytes((0, 0, 0, data[31])), 3: bytes(data[32:])}
    )


def _header(data: bytes, at: int, layout: _Layout) -> ruleset.Header:
    wide = layout.wide
    inverted = data[at + layout.flags + 1]
    protocol = _half(data, at + layout.protocol)
    if wide == 16 and not data[at + layout.flags] & 1:  # IP6T_F_PROTO
        protocol = 0
    parts = []
    for step, bit in ((0, 0x08), (1, 0x10)):
        address = data[at + step * wide : at + (step + 1) * wide]
        mask = data[at + (step + 2) * wide : at + (step + 3) * wide]
        parts.append((xt.network(address, mask), bool(inverted & bit)) if any(mask) or inverted & bit else None)
    fragment = wide == 4 and bool(data[at + layout.flags] & 1)
    return ruleset.Header(
        source=parts[0],
        destination=parts[1],
        protocol=(protocol, bool(inverted & 0x40)),
        in_name=_name(data, at + layout.names, bool(inverted & 1)),
        out_name=_name(data, at + layout.names + 16, bool(inverted & 2)),
        fragment=fragment and not inverted & 0x20,
    )


def _name(data: bytes, at: int, inverted: bool) -> Optional[Tuple[str, bool, bool]]:
    mask = data[at + 32 : at + 48]
    length = len(mask.rstrip(b"\0"))
    if not length:
        return None
    name = data[at : at + length]
    return name.split(b"\0", 1)[0].decode("utf-8", "surrogateescape"), b"\0" not in name, inverted


def _text(data: bytes) -> str:
    return data.split(b"\0", 1)[0].decode("utf-8", "replace")


def _word(data: bytes, at: int) -> int:
    return int.from_bytes(data[at : at + 4], _ORDER)


def _half(data: bytes, at: int) -> int:
    return int.from_bytes(data[at : at + 2], _ORDER)
