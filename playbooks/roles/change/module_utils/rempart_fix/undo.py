"""The undo: a change takes back its own acts, newest first, each only where it stands as it was left."""

import copy
import os
import re
from types import MappingProxyType
from typing import Any, Dict, List, Mapping, NamedTuple, Optional, Sequence

from . import exchange
from .acts import find_kind, package, sysctl
from .contract import BACK, NONE, Act, Moved, Refusal, Text, Undone
from .effects import Effect, run_effects
from .journal import Entry, Journal
from .paths import encode, find_words
from .place import Place
from .sharing import Fix, acting, find_needs, open_others, standing
from .systemd import boot


class Row(NamedTuple):
    """What became of one act.

    Attributes:
        n: Its number.
        checks: The checks that it was for.
        kind: Of the act.
        target: What it changed.
        word: See :class:`Undone`; ``failed`` where the undo itself did not succeed.
        why: The reason.
        by_hand: The command that does it by hand.
    """

    n: int
    checks: List[str]
    kind: str
    target: str
    word: str
    why: Text = NONE
    by_hand: str = ""


class Outcome(NamedTuple):
    """What an undo came to: the acts, and what then took effect."""

    rows: List[Row]
    effects: List[Effect]


def settle(journal: Journal) -> List[Row]:
    """Bring to an end what a crash cut off: of each act it is known then whether it happened."""
    rows = []
    for entry in list(journal.entries.values()):
        if not entry.pledges and entry.state != "intent":
            continue
        asides = [one for one in (exchange.settle(journal.place, pledge) for pledge in entry.pledges) if one]
        why = _lies_in(asides) if asides else NONE
        word = _settle_one(entry, journal)
        if asides:
            journal.aside(entry.n, asides)
        if asides or word == "unclear":
            act = entry.act
            rows.append(Row(entry.n, act.get("for", []), act["kind"], act["target"], word, why))
    return rows


def _lies_in(asides: Sequence[str]) -> Text:
    where = ", ".join(asides)
    return f"a crash: what another wrote lies in {where}", f"un arrêt\u00a0: ce qu’un autre a écrit est dans {where}"


def find_asides(journal: Journal, checks: Sequence[str], told: Sequence[Row]) -> List[Row]:
    """Return where what others wrote lies since a crash, as long as it does: who settled it may have told nobody."""
    rows = []
    for entry in journal.entries.values():
        act, asides = entry.act, [one for one in entry.asides if os.path.lexists(one)]
        concerns = not checks or any(check in checks for check in act.get("for", []))
        if asides and concerns and entry.n not in [one.n for one in told]:
            rows.append(_row(entry, Undone({"undone": "back"}.get(entry.state, entry.state), _lies_in(asides))))
    return rows


def find_left(journal: Journal, checks: Sequence[str], told: Sequence[Row]) -> List[Row]:
    """Return what stands of packages that an earlier undo took back: one that was cut off has told nobody."""
    rows = []
    for entry in journal.entries.values():
        act = entry.act
        concerns = not checks or any(check in checks for check in act.get("for", []))
        if act["kind"] == "package" and entry.state == "undone" and concerns and entry.n not in [one.n for one in told]:
            out = package.find_left(act, journal.place)
            rows += [_row(entry, out)] if out.why[0] else []
    return rows


def _settle_one(entry: Entry, journal: Journal) -> str:
    if entry.state != "intent":
        journal.settled(entry.n)
        return entry.state
    act = copy.deepcopy(entry.act)  # what is found out now is written down too, for whoever undoes it later
    try:
        word: str = find_kind(act["kind"]).settle(act, journal.place)
    except (Refusal, OSError):
        word = "unclear"
    if word == "done":
        journal.done(entry.n, act)
    elif word == "void":
        journal.void(entry.n)
    else:
        journal.unclear(entry.n, ("cut off by a crash", "interrompu par un arrêt"))
    return word


def take_back(
    journal: Journal,
    entries: Sequence[Entry],
    *,
    force: bool = False,
    dry: bool = False,
    checks: Sequence[str] = (),
    needed: Mapping[str, Fix] = MappingProxyType({}),
) -> List[Row]:
    """Undo acts in the order in which they are given.

    Args:
        journal: Of the change.
        entries: The acts, newest first.
        force: Whether what another changed since is replaced too.
        dry: Whether nothing is written: the rows tell what would be.
        checks: Whose fixes are undone; an act that is for others too stays with them. None for all.
        needed: What other fixes want that stand, by check; what one of them needs stays.
    """
    place = journal.place
    place.gone.clear()
    place.pretended.clear()
    rows = []
    for entry in entries:
        act = entry.act
        others = [one for one in act.get("for", []) if checks and one not in checks] or find_needs(act, needed)
        if others:
            if not dry:
                journal.share(entry.n, others)
            why = (f"needed by {', '.join(others)}", f"nécessaire à {', '.join(others)}")
            rows.append(_row(entry, Undone("stays", why)))
            continue
        naming = "" if force else _find_naming(act, rows, place)
        if naming:
            out = Undone("stays", (f"{naming} stays, and names it", f"{naming} reste, et le nomme"))
        else:
            out = _undo_one(entry, journal, force=force, dry=dry)
        if not dry:
            try:
                _record(entry, out, journal)
            except Refusal as error:  # it is looked at once more by the next undo
                out = Undone("failed", error.text)
        rows.append(_row(entry, out))
    return rows


def _record(entry: Entry, out: Undone, journal: Journal) -> None:
    if out.word == "back":
        journal.undone(entry.n, out.why)
    else:
        journal.moved(entry.n, out.why, out.rest)


def _find_naming(act: Act, rows: Sequence[Row], place: Place) -> str:
    """Return a file of the same fix that stays and names a group of this act; ``""`` for none.

    Whom a file lets in by a group, as sshd's AllowGroups, it would keep out without it.
    """
    if act["kind"] != "account" or act["file"] not in ("group", "gshadow"):
        return ""
    for row in rows:
        if row.kind in ("file", "line") and row.word in ("moved", "failed") and {*row.checks} & {*act.get("for", [])}:
            try:
                with open(encode(place.at(row.target)), "rb") as file:
                    text = file.read().decode("utf-8", "surrogateescape")
            except OSError:
                continue
            if re.search(rf"(?<![\w-]){re.escape(act['name'])}(?![\w-])", text):
                return row.target
    return ""


def _row(entry: Entry, out: Undone) -> Row:
    act = entry.act
    return Row(entry.n, list(act.get("for", [])), act["kind"], act["target"], out.word, out.why, out.by_hand)


def _undo_one(entry: Entry, journal: Journal, *, force: bool, dry: bool) -> Undone:
    act, place = entry.act, journal.place
    journal.undoing(entry.n)
    for turn in range(3):
        try:
            return _call(act, place, force=force, dry=dry)
        except Moved as error:  # somebody was faster: look again at what is there now
            if turn == 2:
                return Undone("moved", error.text)
        except Refusal as error:
            return Undone("failed", error.text)
        except OSError as error:
            return Undone("failed", find_words(error, act["target"]))
        except Exception as error:  # noqa: BLE001  # one act that can't be undone does not keep the others
            text = f"{type(error).__name__}: {error}"
            return Undone("failed", (text, text))
    return BACK


def _call(act: Act, place: Place, *, force: bool, dry: bool) -> Undone:
    out: Undone = find_kind(act["kind"]).undo(act, place, force=force, dry=dry)
    return out


def undo(
    journal: Journal, checks: Optional[Sequence[str]] = None, *, force: bool = False, dry: bool = False
) -> Outcome:
    """Undo a change, or the fixes of some of its checks; then services read their files again.

    Of a file that fixes of other checks wrote to after these, their acts go first, and are done anew by whoever calls.
    """
    wanted = list(checks or [])
    entries = journal.acts(wanted or None)
    entries = sorted([*entries, *_find_returned(journal, wanted)], key=lambda one: -one.n)
    needed = find_standing(journal, wanted)
    rows = take_back(journal, entries, force=force, dry=dry, checks=wanted, needed=needed)
    if dry:
        return Outcome(rows, [])
    done = {check for row in rows if row.word != "stays" for check in row.checks}
    return Outcome(rows, run_effects(find_effects(journal, sorted(done)), journal.place))


def _find_returned(journal: Journal, checks: Sequence[str]) -> List[Entry]:
    """Return the live settings that were undone, and that a restart has set anew by a file of ours that still stood.

    Where another file names such a setting too, nobody can tell whose value it is: it is left.
    """
    stand = [one for one in journal.acts(checks or None) if one.act["kind"] == "line"]
    wanted = {(check, one.act["target"]) for one in stand for check in one.act.get("for", [])}
    found = []
    for entry in journal.entries.values():
        act = entry.act
        files = {path for check, path in wanted if check in act.get("for", [])}
        if entry.state != "undone" or act["kind"] != "sysctl" or not files or entry.boot in ("", boot(journal.place)):
            continue
        if sysctl.look(act, journal.place) == "after" and not sysctl.find_files(act["target"], journal.place) - files:
            found.append(entry)
    return found


def find_standing(journal: Journal, checks: Sequence[str]) -> Dict[str, Fix]:
    """Return what fixes want that are not undone along with these: of this change, and of others that stand."""
    needed = {check: fix for check, fix in standing(journal).items() if checks and check not in checks}
    for other in open_others(journal.place):
        if other.state.get("state") != "undone":
            needed.update({f"{check} ({other.place.change})": fix for check, fix in acting(other).items()})
    return needed


def find_effects(journal: Journal, checks: Sequence[str]) -> List[Dict[str, Any]]:
    """Return the effects that the fixes of some checks have declared; a trial is of the fix, and of no use after it."""
    found = [effect for check in checks for effect in journal.specs.get(check, {}).get("effects") or []]
    return [effect for effect in found if "try" not in effect]


def find_above(journal: Journal, checks: Sequence[str]) -> List[str]:
    """Return the other checks whose fixes wrote to a file after these did: they are undone first, and done anew."""
    first: Dict[str, int] = {}
    for one in journal.acts(checks):
        first[one.act["target"]] = min(one.n, first.get(one.act["target"], one.n))
    found: List[str] = []
    for entry in journal.acts():
        below = first.get(entry.act["target"], entry.n) < entry.n
        if below and entry.act["kind"] in ("file", "line", "mode"):
            found += [one for one in entry.act.get("for", []) if one not in checks and one not in found]
    return found
