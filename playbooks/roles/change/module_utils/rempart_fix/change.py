"""What can be done with a change: begin, fix, confirm, keep, undo, resume, status. Each answers what JSON holds."""

import os
import shutil
import time
from contextlib import suppress
from typing import Any, Dict, List, Mapping, Optional, Sequence, Tuple

from . import older, runner, timer, undo
from .contract import Refusal
from .fix import Report, perform, rehearse
from .guard import Guard
from .journal import Journal
from .lock import Lock, give_lease, read_lease, take_lease
from .paths import explain
from .place import BASE, Place, write_file
from .sharing import acting, find_needs, open_others, touches
from .spec import expect_sound
from .telling import tell, tell_effect, tell_fixes, tell_row
from .undo import Row

_KEPT = 180 * 86400  # seconds for which an ended change can be undone
_LEASE = 3600


def begin(
    place: Place,
    holder: str,
    *,
    program: bytes = b"",
    lease: int = _LEASE,
    guard: int = 300,
    plan: str = "",
    before: Optional[Mapping[str, Any]] = None,
) -> Dict[str, Any]:
    """Begin a change, or go on with it: its folder, its journal, the endpoint's lease.

    Args:
        place: Of the change.
        holder: Who makes it, for others to read.
        program: The program that the timer runs.
        lease: Seconds after which another may take the endpoint, where we do not come back.
        guard: Seconds after which the timer takes back what can cut a way in.
        plan: Digest of the signed plan.
        before: What an audit found before it, kept for whoever resumes.

    Raises:
        Refusal: Another change is under way, or the disk takes nothing.
    """
    with Lock(place.base, change=place.change):
        journal = _open(place, holder, program=program, lease=lease, guard=guard, plan=plan, before=before)
        return {"change": place.change, "acts": len(journal.acts()), "state": journal.state.get("state", "open")}


def _open(
    place: Place,
    holder: str,
    *,
    program: bytes = b"",
    lease: int = _LEASE,
    guard: int = 300,
    plan: str = "",
    before: Optional[Mapping[str, Any]] = None,
) -> Journal:
    take_lease(place.change, holder, lease, place.base)
    journal = Journal(place)
    if journal.exists:
        undo.settle(journal)
        if journal.state.get("state") in ("kept", "undone"):
            journal.note("open")
        return journal
    try:
        place.make()
        if program:
            write_file(os.path.join(place.folder, "program.pyz"), program)
        journal.begin(holder, machine=_machine(place), guard=guard, plan=plan, before=before or {})
        journal.note("open")
        with suppress(OSError):  # what is old is in nobody's way
            _forget(place.base)
    except OSError as error:
        give_lease(place.change, place.base)
        raise explain(error, place.folder) from error
    return journal


def _machine(place: Place) -> str:
    try:
        with open(place.at("/etc/machine-id")) as file:
            return file.read().strip()
    except OSError:
        return ""


def fix(
    place: Place,
    fixes: Sequence[Mapping[str, Any]],
    *,
    check_mode: bool = False,
    holder: str = "",
    program: bytes = b"",
    guard: int = 0,
    facts: Optional[Dict[str, Any]] = None,
    before: Optional[Mapping[str, Any]] = None,
) -> Dict[str, Any]:
    """Do fixes, or in check mode tell what they would do.

    Raises:
        Refusal: Something is declared wrongly, or another change is under way; nothing was changed.
    """
    unsound = _find_unsound(fixes)
    sound = [one for one in fixes if id(one) not in unsound]
    if check_mode:
        return tell(_in_order(fixes, unsound, rehearse(sound, place, facts)), armed=False)
    with Lock(place.base, change=place.change):
        journal = _open(place, holder, program=program, guard=guard or 300, before=before)
        try:
            seconds = guard or int(journal.head.get("guard") or 0)
            reports = perform(sound, journal, Guard(journal, seconds), facts)
            with suppress(OSError):  # it counts anew from now on; on a disk that is full, from the beginning
                take_lease(place.change, str(journal.head.get("holder", "")), _LEASE, place.base)
        finally:
            journal.close()
    answer = tell(_in_order(fixes, unsound, reports), armed=timer.is_armed(place.change))
    return dict(answer, left=max(int(place.guarded_until - time.time()), 0))


def _find_unsound(fixes: Sequence[Mapping[str, Any]]) -> Dict[int, Report]:
    """Return a report for each fix that is declared wrongly: among several, it does not stop the others."""
    if len(fixes) < 2:
        expect_sound(list(fixes))
        return {}
    found: Dict[int, Report] = {}
    for one in fixes:
        try:
            expect_sound([one])
        except Refusal as error:
            found[id(one)] = Report(str(one.get("check", "")), [], [], failed=error.text)
    return found


def _in_order(
    fixes: Sequence[Mapping[str, Any]], unsound: Mapping[int, Report], done: Sequence[Report]
) -> List[Report]:
    left = iter(done)
    return [unsound[id(one)] if id(one) in unsound else next(left) for one in fixes]


def resume(place: Place, guard: int = 0) -> Dict[str, Any]:
    """Go on with a change from its own record: every fix that it was to do, whoever began it.

    Raises:
        Refusal: There is no such change here, or another is under way.
    """
    with Lock(place.base, change=place.change):
        journal = _known(place)
        take_lease(place.change, str(journal.head.get("holder", "")), _LEASE, place.base)
        rows = undo.settle(journal)
        fixes: List[Dict[str, Any]] = [
            dict(spec, check=check) for check, spec in journal.specs.items() if check not in journal.gone
        ]
        expect_sound(list(fixes))
        reports = perform(fixes, journal, Guard(journal, guard or int(journal.head.get("guard") or 0)))
        journal.close()
    return dict(tell(reports, armed=timer.is_armed(place.change)), settled=[tell_row(one) for one in rows])


def _known(place: Place, by: str = "runner") -> Journal:
    journal = Journal(place, by)
    if not journal.exists:
        older.expect_ours(place)
        raise Refusal(
            f"this endpoint has no record of a change {place.change}",
            f"ce poste n’a pas de trace d’un changement {place.change}",
        )
    return journal


def is_known(place: Place) -> bool:
    """Tell whether this endpoint has a record of a change."""
    return os.path.exists(os.path.join(place.folder, "acts.jsonl"))


def confirm(place: Place) -> Dict[str, Any]:
    """Take the timer away, unless it was faster: the state tells."""
    with Lock(place.base):
        journal = _known(place)
        if journal.state.get("state") != "undone":
            timer.disarm(place)
            journal.note("confirmed")
        journal.close()
        return {"change": place.change, "state": journal.state["state"], "by": journal.state.get("by", "")}


def keep(place: Place, lifts_after: int = 0) -> Dict[str, Any]:
    """Keep the change, and give the endpoint back; with ``lifts_after`` a timer undoes it after so many seconds.

    Raises:
        Refusal: There is no such change here, or that timer can't be started.
    """
    with Lock(place.base):
        journal = _known(place)
        if journal.state.get("state") != "undone":
            timer.disarm(place, timer.GUARD, timer.LIFT)
            if lifts_after > 0:
                timer.arm_lift(place, lifts_after)
            journal.note("kept")
        journal.close()
        give_lease(place.change, place.base)
        runner.forget(place)
        return {"change": place.change, "state": journal.state["state"], "by": journal.state.get("by", "")}


def take_back(
    place: Place,
    checks: Sequence[str] = (),
    *,
    force: bool = False,
    dry: bool = False,
    by: str = "rollback",
    lift: str = "",
) -> Dict[str, Any]:
    """Undo a change, or the fixes of some checks; those of other checks that stood on them are done anew.

    Args:
        place: Of the change.
        checks: Those whose fixes are undone; none for all.
        force: Whether what another changed since is replaced too.
        dry: Whether nothing is written.
        by: Who undoes it: ``timer`` or ``rollback``.
        lift: Of a change that was kept for a time: the token of the timer whose time is over.

    Raises:
        Refusal: There is no such change here, or its journal was tampered with; nothing was changed.
    """
    if not dry:
        runner.stop(place)
    with Lock(place.base, _LEASE * 24) if by == "timer" else Lock(place.base, change=place.change):
        journal = _known(place, by)
        stands = journal.state.get("state") in ("confirmed", "kept")
        if by == "timer" and (not timer.is_due(place.change, lift) if lift else stands):
            journal.close()  # while it waited for its turn somebody has confirmed, or let the time begin anew
            return {"change": place.change, "state": journal.state["state"], "rows": [], "changed": False}
        first = journal.state.get("by", "") if journal.state.get("state") == "undone" else ""
        settled = [] if dry else undo.settle(journal)
        settled += undo.find_asides(journal, checks, settled)
        settled += undo.find_left(journal, checks, settled)
        known = [check for check in checks if check in journal.specs]
        above = undo.find_above(journal, known) if known else []
        out = undo.Outcome([], [])
        again: List[Report] = []
        elsewhere: List[Tuple[str, Report]] = []
        others: List[Row] = []
        if known or not checks:
            out = undo.undo(journal, [*known, *above], force=force, dry=dry)
            again = [] if dry else _finish(journal, known, whole=all(one.word != "failed" for one in out.rows))
            others = [] if dry else _retry(journal, out.rows, known)
            elsewhere = [] if dry else _mend_others(journal, out.rows)
        journal.close()
        return {
            "change": place.change,
            "state": journal.state.get("state", "open"),
            "rows": [tell_row(one) for one in settled + out.rows],
            "others": [tell_row(one) for one in others],
            "effects": [tell_effect(one) for one in out.effects],
            "again": tell_fixes(again),
            "elsewhere": [dict(tell_fixes([one])[0], change=name) for name, one in elsewhere],
            "above": above,
            "unknown": [check for check in checks if check not in known],
            "before": first,
            "asides": place.asides,
            "changed": bool(not dry and any(one.word == "back" for one in out.rows)),
        }


def _retry(journal: Journal, rows: Sequence[Row], gone: Sequence[str]) -> List[Row]:
    """Take back what an earlier undo of another change had to leave for this one: written over, or needed by it."""
    targets = {one.target for one in rows if one.word == "back"}
    freed = {check: journal.specs[check] for check in gone or journal.specs}
    found: List[Row] = []
    for other in open_others(journal.place):
        if other.state.get("state") == "undone":
            left = [one for one in other.acts() if one.act["target"] in targets or find_needs(one.act, freed)]
            needed = undo.find_standing(other, [])
            found += [one for one in undo.take_back(other, left, needed=needed) if one.word == "back"]
        other.close()
    return found


def _mend_others(journal: Journal, rows: Sequence[Row]) -> List[Tuple[str, Report]]:
    """Do anew the fixes of other changes that stand and wanted what this undo has taken away; each with its change.

    One that can cut a way in is not: nobody would confirm it. Its report says so.
    """
    targets = {one.target for one in rows if one.word == "back"}
    reports: List[Tuple[str, Report]] = []
    for other in open_others(journal.place) if targets else []:
        if other.state.get("state") != "undone":
            fixes = [dict(fix, check=check) for check, fix in acting(other).items() if touches(fix, targets)]
            done = perform(fixes, other, Guard(other, 0, beside=True), once=False)
            reports += [(other.place.change, one) for one in done if one.acts or one.failed[0]]
        other.close()
    return reports


def _finish(journal: Journal, checks: Sequence[str], *, whole: bool) -> List[Report]:
    """Note what became of the change; fixes that stay are resolved anew, where the undo took what they stood on.

    An undo that could not take back all that it might (``whole``) leaves the change open: it can be undone again.
    """
    place = journal.place
    stay = [check for check in journal.specs if checks and check not in checks and check not in journal.gone]
    word = str(journal.state.get("state", "open")) if stay else "undone"
    journal.note(word if whole else "open", checks=list(checks) if whole else None)
    if not stay:
        timer.disarm(place, timer.GUARD, timer.LIFT)
        give_lease(place.change, place.base)
        runner.forget(place)
        return []
    # One that failed was done by nobody's undo: what it waited for in vain, an undo does not wait for again.
    fixes = [dict(journal.specs[check], check=check) for check in stay if check not in journal.failed]
    kept = journal.state.get("state") == "kept"
    reports = perform(fixes, journal, Guard(journal, int(journal.head.get("guard") or 0), confirmed=kept), once=False)
    return [one for one in reports if one.acts or one.failed[0]]


def status(base: str = "") -> Dict[str, Any]:
    """Return all changes that this endpoint has a record of, and whose it is for now.

    For some seconds (``held``) its holder is expected back: as many as a timer would wait, from the last that was done.
    """
    base = base or BASE
    lease = read_lease(base)
    guard = 300
    top = os.path.join(base, "changes")
    found: Dict[str, Any] = {}
    for name in sorted(os.listdir(top)) if os.path.isdir(top) else []:
        try:
            journal = Journal(Place(name, base=base))
        except Refusal as error:
            found[name] = {"state": "damaged", "why": error.text}
            continue
        if not journal.exists:
            saved = older.read(journal.place)
            found.update({name: saved} if saved else {})
            continue
        acts = journal.acts()
        if lease and lease["change"] == name:
            guard = int(journal.head.get("guard") or guard)
        found[name] = {
            "state": journal.state.get("state", "open"),
            "by": journal.state.get("by", ""),
            "holder": journal.head.get("holder", ""),
            "machine": journal.head.get("machine", ""),
            "plan": journal.head.get("plan", ""),
            "begun": journal.head.get("at", 0),
            "time": journal.state.get("at", 0),
            "checks": [check for check in journal.specs if check not in journal.gone],
            "acts": [{"n": one.n, "for": one.act.get("for", []), **_name(one.act), "state": one.state} for one in acts],
            "open": len(journal.open()),
            "armed": timer.is_armed(name),
            "doing": runner.find_doing(journal.place),
            "before": {} if journal.state.get("state") in ("kept", "undone") else journal.head.get("before") or {},
        }
    if lease:
        lease["held"] = max(int(lease["since"] + guard - time.time()), 0)
    return {"changes": found, "lease": lease}


def _forget(base: str) -> None:
    """Remove the records of changes that ended long ago."""
    top = os.path.join(base, "changes")
    for name in os.listdir(top):
        try:
            journal = Journal(Place(name, base=base))
        except Refusal:
            continue
        if not journal.exists:
            older.forget(journal.place, _KEPT)
        elif journal.state.get("state") in ("kept", "undone") and journal.state["at"] < time.time() - _KEPT:
            shutil.rmtree(os.path.join(top, name))


def _name(act: Mapping[str, Any]) -> Dict[str, str]:
    return {"kind": act["kind"], "target": act["target"]}
