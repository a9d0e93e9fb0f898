"""Rules of firewalld, each by its own words: a port, a service or a target of a zone, kept and live.

Spec: ``{zone, port | service | target}``, without a zone that of the default; ``{default: ZONE}``. ``instead_of`` lists
the targets, or the zones, in whose place it comes; any other stays. Where firewalld runs, what is added is added to
what is live as well, and nothing is reloaded: a reload would drop what others have added to the live rules alone.
"""

import os
import re
from typing import Any, List, Mapping

from ..contract import BACK, Act, Moved, Refusal, Show, Undone
from ..place import Place
from ..sight import Sight

_SHAPES = {
    "port": re.compile(r"[0-9]{1,5}(-[0-9]{1,5})?/(tcp|udp|sctp|dccp)\Z"),
    "service": re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*\Z"),
    "target": re.compile(r"(default|ACCEPT|DROP|%%REJECT%%)\Z"),
    "default": re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*\Z"),
}
_OWN, _STOCK = "/etc/firewalld/zones", "/usr/lib/firewalld/zones"
_ZONE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*\Z")


def resolve(spec: Mapping[str, Any], sight: Sight) -> List[Act]:
    """Return the one act."""
    what = next(name for name in _SHAPES if spec.get(name))
    value, place = str(spec[what]), sight.place
    if not _SHAPES[what].match(value) or not _ZONE.match(str(spec.get("zone") or "public")):
        raise Refusal(f"{value!r} is no {what} of firewalld", f"{value!r}\u00a0: {what} inconnu de firewalld")
    if place.run(["firewall-offline-cmd", "--version"], 60)[0] == 127:
        if sight.planned("package", "all"):
            return []
        raise Refusal("firewalld is not installed", "firewalld n’est pas installé")
    zone = "" if what == "default" else str(spec.get("zone") or _find_default(sight))
    target = f"{zone} {what} {value}".strip()
    now = _find_default(sight) if what == "default" else ""
    now = _ask(place, "--get-target", zone=zone, live=False) if what == "target" else now
    there = now == value if now else _has(place, zone, what, value)
    there = there or bool(now and spec.get("instead_of") and now not in spec["instead_of"])
    sight.note("firewalld " + target, there)
    if there or sight.planned("firewalld", target):
        return []
    if what == "target" and is_live(place):
        _expect_kept(place)
    sight.plan("firewalld", target, True)
    if what == "default":
        sight.plan("firewalld", "default", value)
    act: Act = {"kind": "firewalld", "target": target, "zone": zone, "what": what, "before": {"value": now or None}}
    return [dict(act, after={"value": value})]


def _find_default(sight: Sight) -> str:
    """Return the zone of whatever has no other, as it will be."""
    planned: str = sight.planned("firewalld", "default", "")
    return planned or _ask(sight.place, "--get-default-zone", live=False)


def is_live(place: Place) -> bool:
    """Tell whether firewalld runs."""
    return place.run(["firewall-cmd", "--state"], 60)[0] == 0


def _run(place: Place, option: str, zone: str, *, kept: bool, live: bool) -> "tuple[int, str]":
    words = [f"--zone={zone}"] if zone else []
    if not live:
        # without firewalld this one has another name, for the sake of an older tool (firewall-offline-cmd(1))
        option = option.replace("--remove-service=", "--remove-service-from-zone=")
        return place.run(["firewall-offline-cmd", *words, option], 60)
    return place.run(["firewall-cmd", *(["--permanent"] if kept else []), *words, option], 60)


def _ask(place: Place, option: str, *, zone: str = "", live: bool) -> str:
    status, said = _run(place, option, zone, kept=True, live=live)
    if status:
        raise Refusal(f"firewalld: {said[-300:]}")
    return said.splitlines()[-1].strip() if said else ""


def _has(place: Place, zone: str, what: str, value: str) -> bool:
    return _run(place, f"--query-{what}={value}", zone, kept=True, live=False)[0] == 0


def _change(place: Place, act: Act, verb: str, value: str) -> str:
    """Change what is kept, and what is live but for what others have there alone; return what went wrong."""
    live, zone, what = is_live(place), act["zone"], act["what"]
    if what == "default":  # it is live at once, and nothing is reloaded
        program = "firewall-cmd" if live else "firewall-offline-cmd"
        status, said = place.run([program, f"--set-default-zone={value}"], 60)
        return said[-300:] if status else ""
    status, said = _run(place, f"--{verb}-{what}={value}", zone, kept=True, live=live)
    if status:
        return said[-300:]
    if live and what == "target":
        return _reload(place)
    if live and not act["before"].get("live"):
        _run(place, f"--{verb}-{what}={value}", zone, kept=False, live=True)
    return ""


def _drop_copy(place: Place, zone: str) -> None:
    """Remove the file of a zone that firewalld made for ours, where it says what the one says that it is a copy of."""
    own, stock = (place.at(f"{folder}/{zone}.xml") for folder in (_OWN, _STOCK))
    if zone and os.path.isfile(own) and os.path.isfile(stock) and _read_zone(own) == _read_zone(stock):
        for path in (own, own + ".old"):
            if os.path.isfile(path):
                os.unlink(path)


def _read_zone(path: str) -> List[str]:
    """Return what a file of a zone says, in an order of its own."""
    with open(path, encoding="utf-8") as file:
        text = re.sub(r"<!--.*?-->|<\?.*?\?>", "", file.read(), flags=re.DOTALL)
    return sorted("".join(part.split()) for part in re.findall(r"<[^/][^>]*>[^<]*", text))


def _reload(place: Place) -> str:
    """Make a target live, which only a reload does: not where others' rules would be lost by it."""
    status, said = place.run(["firewall-cmd", "--reload"], 120)
    return said[-300:] if status else ""


def _has_live_rules(place: Place) -> bool:
    """Tell whether rules are live that are not kept."""
    kept = place.run(["firewall-cmd", "--permanent", "--list-all-zones"], 60)[1]
    live = place.run(["firewall-cmd", "--list-all-zones"], 60)[1]
    drop = re.compile(r"(?m)^(\S+).*$|^\s+(interfaces|ingress-priority|egress-priority):.*$")
    return drop.sub(r"\1", kept) != drop.sub(r"\1", live)


def _expect_kept(place: Place) -> None:
    if _has_live_rules(place):
        raise Refusal(
            "a reload would drop live rules of others: firewall-cmd --runtime-to-permanent keeps them",
            "un rechargement effacerait des règles d’autres\u00a0: firewall-cmd --runtime-to-permanent les garde",
        )


def do(act: Act, place: Place) -> Act:
    """See Kind.do."""
    value, what = act["after"]["value"], act["what"]
    act = dict(act, before=dict(act["before"], copied=os.path.exists(place.at(f"{_OWN}/{act['zone']}.xml"))))
    if what in ("port", "service") and _has(place, act["zone"], what, value):
        raise Moved("it is there by now", "c’est là à présent")
    if what == "target" and is_live(place):
        _expect_kept(place)
    if what in ("port", "service") and is_live(place):
        theirs = _run(place, f"--query-{what}={value}", act["zone"], kept=False, live=True)[0] == 0
        act = dict(act, before=dict(act["before"], live=theirs))
    wrong = _change(place, act, "add" if what in ("port", "service") else "set", value)
    if wrong:
        raise Refusal(f"firewalld: {wrong}")
    return act


def look(act: Act, place: Place) -> str:
    """See Kind.look."""
    value = act["after"]["value"]
    if act["what"] in ("port", "service"):
        return "after" if _has(place, act["zone"], act["what"], value) else "before"
    option = "--get-target" if act["what"] == "target" else "--get-default-zone"
    now = _ask(place, option, zone=act["zone"], live=False)
    return "after" if now == value else "before" if now == act["before"]["value"] else "moved"


def undo(act: Act, place: Place, *, force: bool, dry: bool) -> Undone:
    """See Kind.undo."""
    state, what = look(act, place), act["what"]
    if state == "before":
        return BACK
    value = act["after"]["value"] if what in ("port", "service") else act["before"]["value"]
    verb = "remove" if what in ("port", "service") else "set"
    by_hand = f"firewall-cmd --permanent --zone={act['zone']} --{verb}-{what}={value}"
    if what == "default":
        by_hand = f"firewall-cmd --set-default-zone={value}"
    if state == "moved" and not force:
        return Undone("moved", ("it was changed since", "modifié depuis"), by_hand)
    if what == "target" and is_live(place) and _has_live_rules(place):
        en = "a reload would drop live rules of others"
        return Undone("stays", (en, "un rechargement effacerait des règles d’autres"), by_hand)
    wrong = "" if dry else _change(place, act, verb, value)
    if not wrong and not dry and not act["before"].get("copied", True):
        _drop_copy(place, act["zone"])
    return Undone("stays", (wrong, wrong), by_hand) if wrong else BACK


def settle(act: Act, place: Place) -> str:
    """See Kind.settle."""
    return {"after": "done", "before": "void"}.get(look(act, place), "unclear")


def show(act: Act, place: Place) -> Show:
    """See Kind.show."""
    if act["what"] == "default":
        return Show("firewalld: default zone", act["before"]["value"], act["after"]["value"])
    return Show(f"firewalld {act['zone']}: {act['what']}", act["before"]["value"] or "", act["after"]["value"])
