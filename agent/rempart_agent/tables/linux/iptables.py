"""Table iptables: the rules of the legacy IPv4 tables, as osquery shows them.

nftables rulesets are not in it (see ``rempart_nftables``), nor is IPv6. After the rules of a chain comes a row without
rule that carries the chain's policy; ``packets`` and ``bytes`` count for the policy. A kernel that has no legacy table
loaded gives no row. Unlike osquery, ports are shown only where the rule's first match is the one that names them.

Source: ``/proc/net/ip_tables_names`` and the socket options of linux/netfilter_ipv4/ip_tables.h, asked in the network
namespace of process 1.
"""

import base64
import sys
from typing import Any, Dict, Iterator, List, Mapping, Tuple

from rempart_agent.readers.kernel import legacy_ruleset
from rempart_agent.source.contract import INTEGER, TEXT, Column, Malformed, Query, Row, Value
from rempart_agent.source.target import Target

OFFLINE = "none"
COLUMNS = (
    Column("filter_name", TEXT),
    Column("chain", TEXT),
    Column("policy", TEXT),
    Column("target", TEXT),
    Column("protocol", INTEGER),
    Column("src_port", TEXT),
    Column("dst_port", TEXT),
    Column("src_ip", TEXT),
    Column("src_mask", TEXT),
    Column("iniface", TEXT),
    Column("iniface_mask", TEXT),
    Column("dst_ip", TEXT),
    Column("dst_mask", TEXT),
    Column("outiface", TEXT),
    Column("outiface_mask", TEXT),
    Column("match", TEXT),
    Column("packets", INTEGER),
    Column("bytes", INTEGER),
)
_INFO_SIZE = 84
_ENTRY = 112  # struct ipt_entry
_HOOKS = ("PREROUTING", "INPUT", "FORWARD", "OUTPUT", "POSTROUTING")
_VERDICTS = {-1: "DROP", -2: "ACCEPT", -4: "QUEUE", -5: "RETURN"}


def rows(target: Target, query: Query) -> Iterator[Row]:
    """See Table.rows: the rows of every loaded table.

    Raises:
        Denied: the run is not root, or may not enter the machine's network namespace.
    """
    target.need_live("iptables")
    for name, answer in legacy_ruleset.ask(target, "ip"):
        yield from parse(name, answer["info"], answer["entries"])


def parse(name: str, info: Any, entries: Any) -> Iterator[Dict[str, Value]]:
    """Make the rows of one table of the kernel's structures; raises ``Malformed``.

    Args:
        name: The table's name.
        info: ``struct ipt_getinfo`` in base64: which hooks there are, and where their chains begin and end.
        entries: The table's ``struct ipt_entry`` records in base64.
    """
    try:
        head, data = base64.b64decode(info, validate=True), base64.b64decode(entries, validate=True)
    except (TypeError, ValueError) as error:
        raise Malformed("iptables: no answer") from error
    if len(head) < _INFO_SIZE:
        raise Malformed("iptables: no description of table {name}", name=name)
    begins, policies = {}, set()
    for hook, chain in enumerate(_HOOKS):
        if _word(head, 32) >> hook & 1:
            begins[_word(head, 36 + 4 * hook)] = chain
            policies.add(_word(head, 56 + 4 * hook))
    records = list(_records(data))
    chains: Dict[int, str] = {}  # where its first rule lies -> name
    for at, size in records:
        if at in begins:
            chains[at] = begins[at]
        elif _target(data, at)[0] == "ERROR" and at + size < len(data):  # the head of a chain that a user made
            chains[at + size] = _name(_target(data, at)[1][:30])
    yield from _rows(name, data, records, chains, policies)


def _rows(
    table: str, data: bytes, records: List[Tuple[int, int]], chains: Mapping[int, str], policies: "set[int]"
) -> Iterator[Dict[str, Value]]:
    found: List[Dict[str, Value]] = []
    chain = ""
    for index, (at, size) in enumerate(records):
        chain = chains.get(at, chain)
        if not chain:
            continue
        kind, value = _target(data, at)
        if kind == "ERROR":
            continue
        last = index + 1 >= len(records) or at + size in chains or _target(data, at + size)[0] == "ERROR"
        if not last:
            found.append({**_describe(data, at), "target": _jump(kind, value, chains, at + size)})
            continue
        head: Dict[str, Value] = {"filter_name": table, "chain": chain, "policy": "", "packets": 0, "bytes": 0}
        if at in policies:
            head["policy"] = _jump(kind, value, chains, -1)
            head["packets"], head["bytes"] = _long(data, at + 96), _long(data, at + 104)
        for rule in found:
            yield {**head, **rule}
        yield head
        found, chain = [], ""


def _records(data: bytes) -> Iterator[Tuple[int, int]]:
    """Return where each record lies, and its size."""
    at = 0
    while at < len(data):
        if at + _ENTRY > len(data):
            raise Malformed("iptables: a rule is cut off")
        size = _half(data, at + 90)
        target = _half(data, at + 88)
        if not _ENTRY <= target <= size - 32 or at + size > len(data):
            raise Malformed("iptables: a rule does not fit")
        yield at, size
        at += size


def _target(data: bytes, at: int) -> Tuple[str, bytes]:
    """Return the name of a record's target (``""`` is a verdict or jump) and what follows it."""
    begin = at + _half(data, at + 88)
    end = at + _half(data, at + 90)
    return _name(data[begin + 2 : begin + 31]), data[begin + 32 : end]


def _jump(kind: str, value: bytes, chains: Mapping[int, str], after: int) -> str:
    if kind:
        return kind
    verdict = int.from_bytes(value[:4], sys.byteorder, signed=True)
    if verdict < 0:
        return _VERDICTS.get(verdict, str(verdict))
    return "" if verdict == after else chains.get(verdict, "")


def _describe(data: bytes, at: int) -> Dict[str, Value]:
    inverted = data[at + 83]
    protocol = _half(data, at + 80)
    row: Dict[str, Value] = {
        "src_ip": ("!" if inverted & 0x08 else "") + _address(data, at),
        "dst_ip": ("!" if inverted & 0x10 else "") + _address(data, at + 4),
        "src_mask": _address(data, at + 8),
        "dst_mask": _address(data, at + 12),
        "iniface": _interface(data, at + 16, inverted & 0x01),
        "outiface": _interface(data, at + 32, inverted & 0x02),
        "iniface_mask": data[at + 48 : at + 64].partition(b"\0")[0].hex().upper(),
        "outiface_mask": data[at + 64 : at + 80].partition(b"\0")[0].hex().upper(),
        "match": "yes",
        "src_port": "",
        "dst_port": "",
    }
    if not inverted & 0x40:  # "any but this protocol" has no number, as in osquery
        row["protocol"] = protocol
    first = at + _ENTRY
    if first < at + _half(data, at + 88) and _name(data[first + 2 : first + 31]) in ("tcp", "udp"):
        ports = [_half(data, first + 32 + 2 * i) for i in range(4)]
        row["src_port"], row["dst_port"] = "{}:{}".format(*ports[:2]), "{}:{}".format(*ports[2:])
    return row


def _interface(data: bytes, at: int, inverted: int) -> str:
    name = _name(data[at : at + 16])
    return ("!" if inverted else "") + name if name else "all"


def _address(data: bytes, at: int) -> str:
    return "{}.{}.{}.{}".format(*data[at : at + 4])


def _name(data: bytes) -> str:
    return data.split(b"\0", 1)[0].decode("utf-8", "replace")


def _half(data: bytes, at: int) -> int:
    return int.from_bytes(data[at : at + 2], sys.byteorder)


def _word(data: bytes, at: int) -> int:
    return int.from_bytes(data[at : at + 4], sys.byteorder)


def _long(data: bytes, at: int) -> int:
    return int.from_bytes(data[at : at + 8], sys.byteorder)
