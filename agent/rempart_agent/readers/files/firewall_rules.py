"""What firewall services load at the start, by their files: rules for the model of the firewall, and firewalld's zones.

Source: ``/etc/nftables.conf``, ``/etc/sysconfig/nftables.conf`` and what they include, ``/etc/iptables``,
``/etc/sysconfig/iptables`` and ``ip6tables``, ``/etc/default/ufw`` and ``/etc/ufw``, ``/etc/firewalld``.
"""

from typing import Dict, Iterator, List, NamedTuple, Optional, Tuple

from rempart_agent.models.firewall.ruleset import Ruleset
from rempart_agent.models.firewall.text import firewalld, nft, saved, ufw
from rempart_agent.said import Why
from rempart_agent.source.contract import Missing
from rempart_agent.source.target import Target

_MOST = 4 * 1024 * 1024
_FAMILIES = ("ip", "ip6")
_NFT_FILES = ("/etc/nftables.conf", "/etc/sysconfig/nftables.conf")
_SAVED = {
    "netfilter-persistent": {"ip": "/etc/iptables/rules.v4", "ip6": "/etc/iptables/rules.v6"},
    "iptables": {"ip": "/etc/sysconfig/iptables"},
    "ip6tables": {"ip6": "/etc/sysconfig/ip6tables"},
}
_OWN = "/etc/nftables.d/"
ZONES = ("/etc/firewalld/zones", "/usr/lib/firewalld/zones")
"""Where zones of firewalld lie: the first file of a name counts."""
_SERVICES = ("/etc/firewalld/services", "/usr/lib/firewalld/services")


class Loaded(NamedTuple):
    """What a service loads for one family.

    Attributes:
        mechanism: The service, as ``ufw``.
        family: ``ip`` or ``ip6``.
        rules: The rules; none where there is no file.
        why: Why they are not known.
    """

    mechanism: str
    family: str
    rules: Ruleset
    why: str = ""


NOTHING = Ruleset({}, {})
"""No rules."""


def services(target: Target) -> Iterator[Loaded]:
    """Return what each service but firewalld loads, for each family that it has files for.

    Raises:
        Denied: a file may not be read.
    """
    rules, why = _nftables(target)
    for family in _FAMILIES:
        yield Loaded("nftables", family, rules, why)
    for mechanism, files in _SAVED.items():
        for family, path in files.items():
            lines = text(target, path)
            yield Loaded(mechanism, family, saved.parse(family, lines).ruleset if lines else NOTHING)
    for family in _FAMILIES:
        yield _ufw(target, family)


def own(target: Target) -> Iterator[Loaded]:
    """Return the tables that our own fixes keep, each by its unit: ``rempart-firewall-fwl-01``."""
    for path in sorted(target.glob(_OWN + "rempart-*.nft")):
        name = path[len(_OWN) + len("rempart-") : -len(".nft")]
        mechanism = "rempart-firewall-" + name
        if text(target, "/etc/systemd/system/{}.service".format(mechanism)) is None:
            continue
        files = nft.Files(lambda _: [])
        why = ""
        try:
            files.load(text(target, path) or "")
        except nft.Unread as error:
            why = Why("nft: {error} is not understood", error=error)
        for family in _FAMILIES:
            yield Loaded(mechanism, family, NOTHING if why else files.ruleset(), why)


def zones(target: Target) -> Tuple[str, Dict[str, firewalld.Zone]]:
    """Return the default zone of firewalld, and the zones that are in use or may be."""

    def service(name: str) -> str:
        return first(target, _SERVICES, name)

    default = setting(target, "/etc/firewalld/firewalld.conf", "DefaultZone") or "public"
    names = {path.rsplit("/", 1)[-1][:-4] for path in target.glob("/etc/firewalld/zones/*.xml")}
    found = {name: firewalld.parse(first(target, ZONES, name), service) for name in sorted(names | {default})}
    if not first(target, ZONES, default):
        found[default] = firewalld.Zone(why=Why("the zone {default} has no file", default=default))
    return default, found


def setting(target: Target, path: str, key: str) -> Optional[str]:
    """Return the value of the last line ``KEY=VALUE``; None where there is none, or no file.

    Args:
        target: Where the file is.
        path: The file.
        key: The key.
    """
    found = None
    for line in (text(target, path) or "").split("\n"):
        name, equals, value = line.partition("=")
        if equals and name.strip() == key:
            found = value.strip().strip("\"'")
    return found


def first(target: Target, folders: Tuple[str, ...], name: str) -> str:
    """Return the text of ``NAME.xml`` in the first folder that has it; ``""`` for none.

    Args:
        target: Where the files are.
        folders: In their order.
        name: Without its ending.
    """
    if "/" in name or not name:
        return ""
    return next((t for t in (text(target, "{}/{}.xml".format(f, name)) for f in folders) if t is not None), "")


def named(rules: Ruleset) -> List[str]:
    """Return the interfaces that rules name, but the loopback."""
    found = set()
    for chain in rules.chains.values():
        for rule in chain.rules:
            for at, before in enumerate(rule[:-1]):
                expression = rule[at + 1]
                if before.name == "meta" and before.data.get(2) in (b"\0\0\0\6", b"\0\0\0\7"):
                    data = expression.data.get(3, b"")
                    if expression.name == "cmp" and isinstance(data, bytes):
                        found.add(data.rstrip(b"\0").decode("utf-8", "replace") + ("" if len(data) == 16 else "0"))
    for one in rules.sets.values():
        if one.size == 16:
            for element in one.elements[:32]:
                name = (element.key or b"").rstrip(b"\0").decode("latin-1")
                if name.isprintable() and name.isascii() and 0 < len(name) < 16:
                    found.add(name)
    return sorted(found - {"lo", ""})[:32]


def text(target: Target, path: str) -> Optional[str]:
    """Return the text of a file; None where there is none.

    Args:
        target: Where the file is.
        path: The file.
    """
    try:
        return target.text(path, _MOST)
    except Missing:
        return None


def _nftables(target: Target) -> Tuple[Ruleset, str]:
    def include(pattern: str) -> List[Tuple[str, str]]:
        where = pattern if pattern.startswith("/") else "/etc/" + pattern
        paths = target.glob(where) if any(c in where for c in "*?[") else [where]
        found = []
        for path in paths:
            lines = text(target, path)
            if lines is None:
                raise nft.Unread("{path}: does not exist", path=path)
            found.append((path, lines))
        return found

    files = nft.Files(include)
    lines = next((t for t in (text(target, path) for path in _NFT_FILES) if t is not None), None)
    why = ""
    if lines is not None:
        try:
            files.load(lines)
        except nft.Unread as error:
            why = Why("nft: {error} is not understood", error=error)
    return (NOTHING, why) if why else (files.ruleset(), "")


def _ufw(target: Target, family: str) -> Loaded:
    enabled = (setting(target, "/etc/ufw/ufw.conf", "ENABLED") or "no").lower() == "yes"
    if not enabled:
        return Loaded("ufw", family, NOTHING)
    policies = []
    for name in ("INPUT", "OUTPUT"):
        key = "DEFAULT_{}_POLICY".format(name)
        policies.append((setting(target, "/etc/default/ufw", key) or "").upper())
    digit = "6" if family == "ip6" else ""
    if family == "ip6" and (setting(target, "/etc/default/ufw", "IPV6") or "no").lower() != "yes":
        return Loaded("ufw", family, ufw.closed(family))
    if policies[0] not in ("DROP", "REJECT", "ACCEPT"):
        return Loaded("ufw", family, NOTHING, Why("DEFAULT_INPUT_POLICY of /etc/default/ufw is not known"))
    texts = [text(target, "/etc/ufw/{}{}.rules".format(name, digit)) or "" for name in ufw.FILES]
    return Loaded("ufw", family, ufw.ruleset(family, policies[0], *texts, sent=policies[1]))
