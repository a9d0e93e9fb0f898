"""Table interface_ipv6: how each network interface takes part in IPv6.

Sources: rtnetlink(7) for the interfaces, and ``/proc/sys/net/ipv6/conf`` (the kernel's ip-sysctl). Whether redirects
and router advertisements are accepted is worked out as osquery does. An interface without IPv6 has none of it: unset.
"""

from typing import Dict, Iterator, Optional

from rempart_agent.readers.kernel import interface
from rempart_agent.source.contract import INTEGER, TEXT, Column, Malformed, Missing, Query, Row, Value
from rempart_agent.source.target import Target

OFFLINE = "none"
COLUMNS = (
    Column("interface", TEXT),
    Column("hop_limit", INTEGER),
    Column("forwarding_enabled", INTEGER),
    Column("redirect_accept", INTEGER),
    Column("rtadv_accept", INTEGER),
)
_NAMES = ("hop_limit", "forwarding", "accept_redirects", "accept_ra")
_EVEN_FORWARDING = 2


def rows(target: Target, query: Query) -> Iterator[Row]:
    """See Table.rows: one row for each interface.

    Raises:
        Malformed: a setting is no number.
    """
    target.need_live("interface_ipv6")
    everywhere = _setting(target, "all", "accept_redirects")
    for link in interface.parse_links(interface.ask(target)):
        hops, forwarding, redirects, routers = (_setting(target, link.name, name) for name in _NAMES)
        row: Dict[str, Value] = {"interface": link.name, "hop_limit": hops, "forwarding_enabled": forwarding}
        if forwarding is not None and redirects is not None and everywhere is not None:
            accepted = (redirects and everywhere) if forwarding else (redirects or everywhere)
            row["redirect_accept"] = int(bool(accepted))
        if forwarding is not None and routers is not None:
            row["rtadv_accept"] = int(routers == _EVEN_FORWARDING or bool(routers and not forwarding))
        yield row


def _setting(target: Target, place: str, name: str) -> Optional[int]:
    path = "/proc/sys/net/ipv6/conf/" + place + "/" + name
    try:
        text = target.text(path).strip()
    except Missing:
        return None
    if not text.lstrip("-").isdigit():
        raise Malformed("{path}: {text}", path=path, text=repr(text[:80]))
    return int(text)
