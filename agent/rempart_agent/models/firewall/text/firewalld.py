"""What a zone of firewalld lets in (firewalld.zone(5)), by its file alone."""

import re
from typing import Callable, Dict, List, NamedTuple, Tuple

from rempart_agent.models.firewall.text import build
from rempart_agent.said import Why

_ELEMENT = re.compile(r"<(/?)([a-z-]+)([^<>]*)>")
_ATTRIBUTE = re.compile(r"([a-z_]+)\s*=\s*(?:\"([^\"]*)\"|'([^']*)')")
_LONGEST = 1 << 20
Service = Callable[[str], str]
"""Gives the file of a service, ``""`` where there is none."""
Elements = List[Tuple[str, Dict[str, str]]]


class Zone(NamedTuple):
    """A zone.

    Attributes:
        all_in: Whether its target lets everything in.
        ports: Protocol, first and last port of what it lets in.
        interfaces: The interfaces that are bound to it.
        sources: The sources that are bound to it.
        why: What could not be understood.
    """

    all_in: bool = False
    ports: Tuple[Tuple[str, int, int], ...] = ()
    interfaces: Tuple[str, ...] = ()
    sources: Tuple[str, ...] = ()
    why: str = ""


def parse(text: str, service: Service) -> Zone:
    """Read a zone's file. Rules in rich language that let a whole source in are not understood.

    Args:
        text: All of the file.
        service: Returns the file of a service.
    """
    ports: List[Tuple[str, int, int]] = []
    interfaces, sources = [], []
    why, all_in = "", False
    rich: Elements = []
    in_rule = False
    for name, given in elements(text):
        if name in ("rule", "/rule"):
            if in_rule and rich:
                opened, doubt = _rule(rich, service)
                ports += opened
                why = why or doubt
            in_rule, rich = name == "rule", []
        elif in_rule:
            rich.append((name, given))
        elif name == "zone":
            all_in = given.get("target", "").upper() == "ACCEPT"
        elif name == "interface":
            interfaces.append(given.get("name", ""))
        elif name == "source":
            sources.append(given.get("address", "") or Why("a list or a hardware address"))
        elif name in ("port", "service"):
            found = _opened(name, given, service)
            ports += found
            why = why or (
                "" if found else Why("the {name} {value}", name=name, value=given.get("name", given.get("port", "")))
            )
        elif name == "protocol" and given.get("value") in ("tcp", "udp", "6", "17"):
            ports.append(({"6": "tcp", "17": "udp"}.get(given["value"], given["value"]), 1, 65535))
        elif name == "source-port":  # whoever sends from it gets to every port
            ports.append((given.get("protocol", ""), 1, 65535))
    return Zone(all_in, tuple(ports), tuple(interfaces), tuple(sources), why)


def _rule(inside: Elements, service: Service) -> Tuple[List[Tuple[str, int, int]], str]:
    if not any(name == "accept" for name, _ in inside):
        return [], ""
    opened = [p for name, given in inside if name in ("port", "service") for p in _opened(name, given, service)]
    return opened, "" if opened else Why("a rule in rich language")


def elements(text: str) -> Elements:
    """Return the elements of an XML file in their order, an end as ``/NAME``; comments are passed over."""
    text = text[:_LONGEST]
    parts, at = [], 0
    while True:
        begin = text.find("<!--", at)
        parts.append(text[at:begin] if begin >= 0 else text[at:])
        end = text.find("-->", begin) if begin >= 0 else -1
        if end < 0:
            break
        at = end + 3
    found: Elements = []
    for closing, name, rest in _ELEMENT.findall("".join(parts)):
        found.append((closing + name, {key: one or other for key, one, other in _ATTRIBUTE.findall(rest)}))
    return found


def _opened(name: str, given: Dict[str, str], service: Service) -> List[Tuple[str, int, int]]:
    if name == "port":
        pair = build.port(given.get("port", ""), "-")
        return [(given.get("protocol", ""), *pair)] if pair else []
    found: List[Tuple[str, int, int]] = []
    for element, inside in elements(service(given.get("name", ""))):
        pair = build.port(inside.get("port", ""), "-") if element == "port" else None
        if pair:
            found.append((inside.get("protocol", ""), *pair))
        elif element in ("protocol", "helper", "module", "destination"):
            found.append(("other", 0, 0))
    return found
