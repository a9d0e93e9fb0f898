"""Rules of ufw, each in ufw's own words and taken back by its own ``delete``; and ufw on, where it was off.

Specs: ``{rule: "allow 22/tcp"}``; ``{enabled: true}``, with its rules live. What ufw itself says it has added (``ufw
show added``) tells what a rule is called by now, and whether it is still there.
"""

import re
from typing import Any, Dict, List, Mapping

from ..contract import BACK, Act, Moved, Refusal, Show, Undone
from ..place import Place
from ..sight import Sight
from ..ufw_chains import CONF, find_cut, is_loaded, is_on, read_conf

_DEFAULTS = "/etc/default/ufw"
_VERBS = ("allow", "deny", "reject", "limit")
_WORD = re.compile(r"[A-Za-z0-9][A-Za-z0-9.:/_,+-]*\Z")


def resolve(spec: Mapping[str, Any], sight: Sight) -> List[Act]:
    """Return the one act."""
    if sight.read(CONF) is None and not sight.planned("package", "all"):
        raise Refusal("ufw is not installed", "ufw n’est pas installé")
    if spec.get("enabled"):
        on = is_on(sight.read(CONF))
        wanted = read_policy(sight.read(_DEFAULTS))
        if sight.planned("ufw", "on", on and is_loaded(sight.place, wanted)):
            return []
        sight.plan("ufw", "on", True)
        cut = find_cut(sight.place)
        if cut[0]:
            raise Refusal(*cut)
        if on:
            return [{"kind": "ufw", "target": "loaded", "before": {"policy": ""}, "after": {"policy": wanted}}]
        return [{"kind": "ufw", "target": "enabled", "before": {"on": False}, "after": {"on": True}}]
    rule = " ".join(check_rule(str(spec["rule"])))
    added = read_added(sight.place)
    sight.note("ufw", added)
    if rule in added or sight.planned("ufw", rule):
        return []
    sight.plan("ufw", rule, True)
    return [{"kind": "ufw", "target": rule, "before": {"added": []}, "after": {"added": [rule]}}]


def check_rule(rule: str) -> List[str]:
    """Return the words of a rule.

    Raises:
        Refusal: It is none that only lets in or out, or refuses: what deletes, resets or inserts is none.
    """
    words = rule.split()
    if not words or words[0] not in _VERBS or len(words) < 2 or not all(_WORD.match(word) for word in words):
        raise Refusal(f"{rule!r} is no rule of ufw", f"{rule!r} n’est pas une règle de ufw")
    return words


def read_policy(data: Any) -> str:
    """Return the policy that ufw gives the chain of what comes in: what it rejects is dropped by the chain."""
    found = re.findall(rb"(?m)^\s*DEFAULT_INPUT_POLICY=[\"']?([A-Za-z]+)", data or b"")
    return "ACCEPT" if found and found[-1].upper() == b"ACCEPT" else "DROP"


def read_added(place: Place) -> List[str]:
    """Return the rules that were added, in ufw's words."""
    status, said = place.run(["ufw", "show", "added"], 60)
    if status == 127:
        return []
    if status:
        raise Refusal(f"ufw: {said[-300:]}")
    return [line[len("ufw ") :].strip() for line in said.splitlines() if line.startswith("ufw ")]


def _read_policies(place: Place) -> Dict[str, List[str]]:
    """Return the policies of the chains that everybody shares: turning ufw off sets them all to ACCEPT."""
    found: Dict[str, List[str]] = {}
    for program in ("iptables", "ip6tables"):
        _, said = place.run([program, "-S"], 30)
        found[program] = re.findall(r"(?m)^-P (\S+ \S+)$", said)
    return found


def do(act: Act, place: Place) -> Act:
    """See Kind.do."""
    if act["target"] == "loaded":
        status, said = place.run(["ufw", "reload"], 120)
        if status or not is_loaded(place, act["after"]["policy"]):
            raise Refusal(f"ufw: {said[-300:]}")
        return act
    if act["target"] == "enabled":
        policies = _read_policies(place)
        status, said = place.run(["ufw", "--force", "enable"], 120)
        if status or not is_on(read_conf(place)):
            raise Refusal(f"ufw: {said[-300:]}")
        return dict(act, before={"on": False, "policies": policies}, after={"on": True, "rules": read_added(place)})
    before = read_added(place)
    if act["target"] in before:
        raise Moved("the rule is there by now", "la règle est là à présent")
    status, said = place.run(["ufw", *check_rule(act["target"])], 60)
    if status:
        raise Refusal(f"ufw: {said[-300:]}")
    return dict(act, after={"added": [one for one in read_added(place) if one not in before]})


def look(act: Act, place: Place) -> str:
    """See Kind.look."""
    if act["target"] == "loaded":
        return "after" if is_loaded(place, act["after"]["policy"]) else "before"
    if act["target"] == "enabled":
        return "after" if is_on(read_conf(place)) else "before"
    added = read_added(place)
    return "after" if all(one in added for one in act["after"]["added"]) else "before"


def undo(act: Act, place: Place, *, force: bool, dry: bool) -> Undone:
    """See Kind.undo. Rules that ufw had lost, and has loaded again, are its own."""
    if act["target"] == "loaded":
        return BACK
    if act["target"] == "enabled":
        return _turn_off(act, place, dry=dry)
    added = read_added(place)
    for rule in act["after"]["added"]:
        if rule in added and not dry:
            status, said = place.run(["ufw", "--force", "delete", *check_rule(rule)], 60)
            if status:
                return Undone("stays", (f"ufw: {said[-300:]}", f"ufw\u00a0: {said[-300:]}"), f"ufw delete {rule}")
    return BACK


def _turn_off(act: Act, place: Place, *, dry: bool) -> Undone:
    if not is_on(read_conf(place)):
        return BACK
    more = [one for one in read_added(place) if one not in act["after"].get("rules", [])]
    if more:
        en = f"others have added rules since: {more[0]}"
        return Undone("stays", (en, f"d’autres ont ajouté des règles depuis\u00a0: {more[0]}"), "ufw disable")
    if dry:
        return BACK
    status, said = place.run(["ufw", "--force", "disable"], 120)
    if status:
        return Undone("stays", (f"ufw: {said[-300:]}", f"ufw\u00a0: {said[-300:]}"), "ufw disable")
    for program, policies in act["before"].get("policies", {}).items():
        for policy in policies:
            if program in ("iptables", "ip6tables") and re.match(r"[A-Z]+ (ACCEPT|DROP)\Z", policy):
                place.run([program, "-P", *policy.split()], 30)
    return BACK


def settle(act: Act, place: Place) -> str:
    """See Kind.settle."""
    if look(act, place) == "before":
        return "void"
    if act["target"] == "enabled":
        act["after"]["rules"] = read_added(place)
    return "done"


def show(act: Act, place: Place) -> Show:
    """See Kind.show."""
    if act["target"] == "enabled":
        return Show("ufw", "off", "on")
    if act["target"] == "loaded":
        return Show("ufw", "not loaded", "loaded")
    return Show("ufw", "", act["target"])
