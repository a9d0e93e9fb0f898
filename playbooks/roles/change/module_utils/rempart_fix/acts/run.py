"""A program of a closed list that writes files of its own (``pam-auth-update``), undone as the lines that it wrote.

Spec: ``{procedure, names: [...], unless: {path, match}}``. What the program may write is declared in ``procedures``;
it is looked at just before and just after, and each file that differs becomes a part of the act: lines of a text, or
a link.
"""

import glob
import json
import os
import re
from typing import Any, Dict, List, Mapping, Optional

from .. import exchange
from ..calls import State
from ..contract import BACK, Act, Halfway, Refusal, Show, Undone
from ..paths import find_real
from ..place import Place, write_file
from ..procedures import PROCEDURES, Procedure
from ..sight import Sight
from ..texts import find_edits, split
from . import file as files
from . import line as lines


def resolve(spec: Mapping[str, Any], sight: Sight) -> List[Act]:
    """Return the one act; ``[]`` where a file says already what it is for."""
    name = str(spec["procedure"])
    if name not in PROCEDURES:
        raise Refusal(f"there is no procedure {name!r}", f"il n’y a pas de procédure {name!r}")
    unless = spec.get("unless")
    if unless:
        text = (sight.read(find_real(sight.place, unless["path"])) or b"").decode("utf-8", "replace")
        if re.search(unless["match"], text):
            return []
    names = [str(one) for one in spec.get("names") or []]
    PROCEDURES[name].words(spec)
    sight.plan("run", name, after=True)
    return [
        {
            "kind": "run",
            "target": " ".join([name, *names]),
            "procedure": name,
            "names": names,
            "unless": unless,
            "before": {},
            "after": {},
        }
    ]


def _find(procedure: Procedure, place: Place) -> List[str]:
    root = "" if place.root == "/" else place.root
    found = {path[len(root) :] for pattern in procedure.texts for path in glob.glob(place.at(pattern))}
    return sorted(path for path in found if os.path.islink(place.at(path)) or os.path.isfile(place.at(path)))


def _see(procedure: Procedure, place: Place) -> Dict[str, State]:
    states: Dict[str, State] = {}
    for path in _find(procedure, place):
        real = find_real(place, path, last=False)
        state = exchange.look(place, real)
        if state["type"] == "file":
            with open(place.at(real), "rb") as file:
                data = file.read()
            if place.hold(data) == state["sha256"]:
                states[real] = state
        elif state["type"] == "link":
            states[real] = state
    return states


def do(act: Act, place: Place) -> Act:
    """See Kind.do."""
    procedure = PROCEDURES[act["procedure"]]
    if procedure.before:
        status, said = place.run(list(procedure.before), 60)
        if status:
            raise Refusal(f"{' '.join(procedure.before)}: {said[-300:]}")
    _forget(place)
    before = _see(procedure, place)
    for state in before.values():
        if state["type"] == "file":
            place.keep(place.read(state["sha256"]))
    words = procedure.words(act)
    _remember(act, before, place)
    masked = ["sh", "-c", f'umask {procedure.mask}; exec "$@"', "sh"] if procedure.mask else []
    status, said = place.run([*masked, *words], procedure.minutes * 60)
    act = dict(act, after={"parts": _part(before, _see(procedure, place), place)})
    if status:
        left = [one for one in _undo_parts(act, place, force=False, dry=False) if one.word != "back"]
        text = f"{' '.join(words)}: {said[-300:]}"
        if left:
            raise Halfway(act, f"{text}; {left[0].why[0]}", f"{text} ; {left[0].why[1]}")
        raise Refusal(text)
    if not act["after"]["parts"]:
        raise Refusal(
            f"{' '.join(words)} changed nothing: its files may have been edited by hand",
            f"{' '.join(words)} n’a rien changé\u00a0: ses fichiers ont peut-être été modifiés à la main",
        )
    _expect(act, " ".join(words), place)
    return act


def _expect(act: Act, words: str, place: Place) -> None:
    """What says that there is nothing to do has to say it now: else take it back, for a stack by halves locks out.

    Raises:
        Refusal: It does not; nothing is left of it.
    """
    unless = act.get("unless")
    if not unless:
        return
    with open(place.at(find_real(place, unless["path"])), "rb") as file:
        text = file.read().decode("utf-8", "replace")
    if re.search(unless["match"], text):
        return
    left = [one for one in _undo_parts(act, place, force=False, dry=False) if one.word != "back"]
    en = f"after {words}, {unless['path']} is not as declared: it may have been edited by hand"
    fr = f"après {words}, {unless['path']} n’est pas comme voulu\u00a0: il a peut-être été modifié à la main"
    if left:
        raise Halfway(act, en, fr)
    raise Refusal(en, fr)


def _remember(act: Act, states: Mapping[str, State], place: Place) -> None:
    data = json.dumps([act["target"], act.get("for"), dict(states)]).encode()
    write_file(os.path.join(place.folder, "run.json"), data)


def _forget(place: Place) -> None:
    """Forget what an earlier run began with: what is remembered is of the act that is open."""
    try:
        os.unlink(os.path.join(place.folder, "run.json"))
    except FileNotFoundError:
        pass


def _recall(act: Act, place: Place) -> Optional[Dict[str, State]]:
    try:
        with open(os.path.join(place.folder, "run.json"), "rb") as file:
            target, checks, states = json.loads(file.read().decode())
    except FileNotFoundError:
        return None
    return states if (target, checks) == (act["target"], act.get("for")) else None


def _part(before: Mapping[str, State], after: Mapping[str, State], place: Place) -> List[Act]:
    parts: List[Act] = []
    for path in sorted({*before, *after}):
        one, other = before.get(path, {"type": "absent"}), after.get(path, {"type": "absent"})
        if exchange.same(one, other):
            continue
        part: Act = {"kind": "file", "target": path, "before": one, "after": other}
        if other["type"] == "file":
            place.keep(place.read(other["sha256"]))
        if one["type"] == other["type"] == "file":
            old, new = place.read(one["sha256"]), place.read(other["sha256"])
            if b"\0" not in old + new:
                part = dict(part, kind="line", edits=find_edits(split(old), split(new)))
        parts.append(part)
    return parts


def _kind(part: Act) -> Any:
    return lines if part["kind"] == "line" else files


def look(act: Act, place: Place) -> str:
    """See Kind.look."""
    words = {_kind(part).look(part, place) for part in act["after"].get("parts", [])}
    return words.pop() if len(words) == 1 else "moved" if words else "before"


def undo(act: Act, place: Place, *, force: bool, dry: bool) -> Undone:
    """See Kind.undo. Each file by itself."""
    found = _undo_parts(act, place, force=force, dry=dry)
    procedure = PROCEDURES[act["procedure"]]
    if procedure.after and not dry:
        place.run(list(procedure.after), 120)
    wrong = [one for one in found if one.word != "back"]
    if not wrong:
        said = [one for one in found if one.why[0]]
        return said[0] if said else BACK
    en, fr = ("; ".join(one.why[number] for one in wrong) for number in (0, 1))
    return Undone(wrong[0].word, (en, fr), "; ".join(one.by_hand for one in wrong))


def _undo_parts(act: Act, place: Place, *, force: bool, dry: bool) -> List[Undone]:
    return [_kind(part).undo(part, place, force=force, dry=dry) for part in reversed(act["after"].get("parts", []))]


def settle(act: Act, place: Place) -> str:
    """See Kind.settle. What the files were is known from before the program was run."""
    states = _recall(act, place)
    if states is None:
        return "void"
    parts = _part(states, _see(PROCEDURES[act["procedure"]], place), place)
    act["after"] = {"parts": parts}
    return "done" if parts else "void"


def show(act: Act, place: Place) -> Show:
    """See Kind.show."""
    return Show(" ".join(PROCEDURES[act["procedure"]].words(act)), "", "")
