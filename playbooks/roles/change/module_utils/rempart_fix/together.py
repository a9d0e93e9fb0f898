"""The packages of several fixes installed by one run of apt, each fix with the part that is its own."""

from typing import Any, Dict, List, Mapping, Optional, Sequence

from . import apt, apt_runs
from .acts import package
from .contract import Act, Refusal
from .guard import Guard
from .journal import Entry, Journal
from .sight import Sight
from .spec import applies, list_specs


def install_together(
    fixes: Sequence[Mapping[str, Any]], journal: Journal, guard: Guard, facts: Optional[Dict[str, Any]] = None
) -> Dict[str, List[Entry]]:
    """Install what fixes want at once; return the acts by check.

    Where that does not go well nothing of it is left, and each fix is on its own: the one that is to blame fails alone.
    """
    acts = _resolve(fixes, journal, facts)
    if len(acts) < 2:
        return {}
    place, names = journal.place, sorted({name for act in acts for name in act["names"]})
    place.tell((f"installing {', '.join(names)}", f"installation de {', '.join(names)}"))
    try:
        new = apt.simulate(place, names, recommends=False)
        if set(new) != {name for act in acts for name in act["after"]}:
            return {}
        for act in acts:
            guard.before(act)
        place.expect_going()
    except (Refusal, OSError):
        return {}
    try:
        entries = [journal.entries[n] for n in journal.intend_all(acts)]
    except Refusal:
        return {}
    try:
        status, _ = apt.install(names, place, recommends=False)
    except (Refusal, OSError):
        status = 1
    done: Dict[str, List[Entry]] = {}
    for entry in entries:
        found = apt_runs.find_run(entry.act, place)
        if found is None:
            journal.void(entry.n)
            continue
        journal.done(entry.n, apt_runs.write_came(entry.act, found, place))
        done.setdefault(entry.act["for"][0], []).append(entry)
    if status == 0:
        return done
    for entry in reversed(entries):
        if entry.state == "done" and package.undo(entry.act, place, force=False, dry=False).word == "back":
            journal.undone(entry.n)
    return {}


def _resolve(fixes: Sequence[Mapping[str, Any]], journal: Journal, facts: Optional[Dict[str, Any]] = None) -> List[Act]:
    """Return an act for each spec that brings something, and in it only what no act before it brings."""
    acts: List[Act] = []
    known: Dict[str, str] = {}
    for fix in fixes:
        for spec in list_specs(fix, "packages"):
            if spec.get("state", "present") != "present" or spec.get("recommends"):
                continue
            sight = Sight(journal.place, facts)
            try:
                found = package.resolve(spec, sight) if applies(spec, sight) else []
            except (Refusal, OSError):
                continue  # its own fix says so
            for act in found:
                after = {name: version for name, version in act["after"].items() if name not in known}
                names = [name for name in act["names"] if name in after]
                if act["system"] == "dpkg" and names:
                    known.update(after)
                    acts.append({**act, "names": names, "after": after, "joint": True, "for": [fix["check"]]})
    return acts
