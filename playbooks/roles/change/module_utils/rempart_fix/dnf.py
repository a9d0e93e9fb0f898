"""Packages of rpm by dnf: known by the transaction that rpm notes (INSTALLTID), removed where nobody needs them."""

import os
import re
import time
from typing import Any, Dict, List, Mapping, NamedTuple, Tuple

from . import package_accounts
from .contract import BACK, Act, Halfway, Moved, Refusal, Text, Undone
from .place import Place
from .sight import Sight

WAIT = 60.0
"""Seconds that others who change packages are waited for."""
PATIENCE = 60.0
"""Seconds that a repository may need to answer."""
_LOG = "/var/log/dnf.rpm.log"
_HEADS = re.compile(
    r"(?m)^(Installing|Installing dependencies|Installing weak dependencies|Upgrading|Downgrading|Reinstalling|"
    r"Removing|Removing dependent packages|Removing unused dependencies|Obsoleting|Enabling [a-z ]+):\n"
)


class Rpm(NamedTuple):
    """An installed package: its version, and the transaction that brought it."""

    version: str
    transaction: str


def _run(place: Place, words: List[str], timeout: float) -> Tuple[int, str]:
    return place.run(words, timeout)


def query(place: Place, names: List[str]) -> Dict[str, Rpm]:
    """Return the packages that are installed, of some names or of all."""
    words = ["rpm", "-q", *names] if names else ["rpm", "-qa"]
    _, said = _run(place, [*words, "--qf", "=%{NAME}\\t%{EVR}\\t%{INSTALLTID}\\n"], 60)
    rows = [line[1:].split("\t") for line in said.splitlines() if line.startswith("=") and line.count("\t") == 2]
    return {name: Rpm(version, transaction) for name, version, transaction in rows}


def call(place: Place, *words: str, timeout: float) -> Tuple[int, str]:
    """Run dnf once others let it.

    Raises:
        Refusal: Others hold its lock all the time.
    """
    options = [
        "exit_on_lock=True",
        "timeout=15",
        "retries=1",
        "install_weak_deps=False",
        "clean_requirements_on_remove=False",
    ]
    command = ["dnf", *(f"--setopt={option}" for option in options), *words]
    until = time.monotonic() + WAIT
    while True:
        status, said = _run(place, command, timeout)
        if status != 200 and "Existing lock" not in said and "is locked" not in said:
            return status, said
        if time.monotonic() > until:
            raise Refusal(
                f"packages are being changed: {said[-200:]}",
                f"des paquets sont en cours de modification\u00a0: {said[-200:]}",
            )
        time.sleep(0.5)


def read_transaction(said: str) -> Dict[str, Dict[str, str]]:
    """Understand the table of a transaction (dnf/cli/output.py, ``list_transaction``): versions by name, by heading."""
    found: Dict[str, Dict[str, str]] = {}
    parts = _HEADS.split(said)
    for head, body in zip(parts[1::2], parts[2::2]):
        rows = found.setdefault(head, {})
        for line in re.sub(r"\n {3,}", " ", body).splitlines():
            words = line.split()
            if not line.startswith(" ") or len(words) < 4:
                break
            rows[words[0]] = words[2]
    return found


def read_error(said: str) -> str:
    """Return dnf's own words for what is wrong."""
    lines = [line for line in said.splitlines() if line.startswith(("Error", "  Problem", " Problem", "  - "))]
    return "; ".join(line.strip() for line in lines or said.splitlines()[-1:])[:400]


def resolve(names: List[str], state: str, spec: Mapping[str, Any], sight: Sight) -> List[Act]:
    """Return the one act that installs or removes packages."""
    there = query(sight.place, names)
    sight.note("rpm " + " ".join(names), {name: one.version for name, one in there.items()})
    act: Act = {"kind": "package", "system": "rpm"}
    if state == "absent":
        going = sorted(there)
        if not going:
            return []
        _, needs = _who_needs(sight.place, going)
        if needs:
            text = "; ".join(f"{name}: {reason}" for name, reason in needs.items())
            raise Refusal(f"it can't be removed: {text}", f"suppression impossible\u00a0: {text}")
        act.update(
            target=" ".join(going), names=going, removal=True, before={name: there[name].version for name in going}
        )
        return [dict(act, after=dict.fromkeys(going, "none"))]
    planned = sight.planned("package", "all", {})
    missing = [name for name in names if name not in there and name not in planned]
    if not missing:
        return []
    new = simulate(sight.place, missing)
    sight.plan("package", "all", {**planned, **new})
    act.update(target=" ".join(missing), names=missing, before=dict.fromkeys(new, "none"), after=new)
    return [act]


def simulate(place: Place, names: List[str]) -> Dict[str, str]:
    """Return the versions of all that an installation would bring, by name.

    Raises:
        Refusal: It would do anything else too, or can't be done.
    """
    _, said = call(place, "install", "--assumeno", *names, timeout=PATIENCE)
    found = read_transaction(said)
    new = {
        name: version
        for head in ("Installing", "Installing dependencies")
        for name, version in found.get(head, {}).items()
    }
    other = {head: rows for head, rows in found.items() if not head.startswith("Installing")}
    if not new:
        why = read_error(said)
        raise Refusal(
            f"dnf can't install {' '.join(names)}: {why}", f"dnf ne peut installer {' '.join(names)}\u00a0: {why}"
        )
    if other:
        also = "; ".join(f"{head}: {', '.join(rows)}" for head, rows in other.items())
        raise Refusal(
            f"to install {' '.join(names)}, dnf would also change others: {also}",
            f"pour installer {' '.join(names)}, dnf modifierait aussi d’autres paquets\u00a0: {also}",
        )
    return new


def do(act: Act, place: Place) -> Act:
    """Install, or remove."""
    if act.get("removal"):
        return _remove(act, place)
    before = query(place, [])
    if simulate(place, act["names"]).keys() != act["after"].keys():
        raise Moved("other packages would come by now", "d’autres paquets viendraient à présent")
    status, said = call(place, "-y", "install", "--downloadonly", *act["names"], timeout=PATIENCE + 600)
    if status:
        why = read_error(said)
        raise Refusal(f"the packages can't be fetched: {why}", f"les paquets ne peuvent être téléchargés\u00a0: {why}")
    status, said = call(place, "-y", "install", *act["names"], timeout=1800)
    act.update(_came(act, place, before))
    if status == 0 and act["after"]:
        return act
    if not act["after"]:
        raise Refusal(f"dnf: {read_error(said)}")
    left = undo(act, place, dry=False)
    if left.word != "back":
        raise Halfway(
            act, f"dnf: {read_error(said)}; {left.why[0]}", f"dnf\u00a0: {read_error(said)}\u202f; {left.why[1]}"
        )
    raise Refusal(f"dnf: {read_error(said)}")


def _came(act: Act, place: Place, before: Mapping[str, Rpm]) -> Act:
    """Write into the act what the transaction brought in which the packages that were asked for came."""
    now = query(place, [])
    ours = {now[name].transaction for name in act["names"] if name in now and name not in before}
    came = {name: one for name, one in now.items() if one.transaction in ours and name not in before}
    after = {name: one.version for name, one in came.items()}
    auto = [name for name in came if name not in act["names"]]
    act = dict(act, before=dict.fromkeys(after, "none"), after=after, auto=auto, tid=next(iter(ours), ""))
    return complete(act, place)


def complete(act: Act, place: Place) -> Act:
    """Return the act with the accounts that came with its packages, and with where rpm would leave what is edited."""
    after = act["after"]
    said = {name: _run(place, ["rpm", "-q", "--scripts", name], 60)[1] for name in after}
    files = {name: set(_run(place, ["rpm", "-q", "--list", name], 60)[1].splitlines()) for name in after}
    act["accounts"] = package_accounts.find_came(act, {name: (said[name], files[name]) for name in after}, place)
    conf = _run(place, ["rpm", "-q", "--configfiles", *after], 60)[1].splitlines() if after else []
    # what lies there already is not of this package
    saved = [path + ".rpmsave" for path in conf if path.startswith("/")]
    return dict(act, saved=[path for path in saved if not os.path.lexists(place.at(path))])


def _theirs(act: Act, place: Place, now: Mapping[str, Rpm]) -> List[str]:
    """Return the packages of an act that came again since: no upgrade of ours, but another's."""
    moved = [name for name in act["after"] if name in now and now[name].transaction != act.get("tid")]
    if not moved:
        return []
    try:
        with open(place.at(_LOG), encoding="utf-8", errors="replace") as file:
            lines = file.read().splitlines()
    except OSError:
        return moved
    last: Dict[str, str] = {}
    for line in lines:
        found = re.search(r" (Installed|Upgrade|Erase|Removed): (\S+)-[^-]+-[^-]+$", line)
        if found and not found[2].startswith("("):
            last[found[2]] = found[1]
    return [name for name in moved if last.get(name) != "Upgrade"]


def look(act: Act, place: Place) -> str:
    """Return how it stands."""
    now = query(place, list(act["after"]))
    if act.get("removal"):
        return "before" if len(now) == len(act["before"]) else "moved" if now else "after"
    if not now:
        return "before"
    return "after" if len(now) == len(act["after"]) and not _theirs(act, place, now) else "moved"


def _who_needs(place: Place, names: List[str]) -> Tuple[List[str], Dict[str, str]]:
    """Return which of the packages rpm would remove together, and why not the others."""
    going, needs = list(names), {}
    while going:
        status, said = _run(place, ["rpm", "-e", "--test", *going], 120)
        if status == 0:
            break
        found: Dict[str, str] = {}
        _, provided = _run(place, ["rpm", "-q", "--qf", "[=%{NAME}\\t%{PROVIDENAME}\\n]", *going], 60)
        owners = {row.split("\t")[1]: row[1:].split("\t")[0] for row in provided.splitlines() if row.startswith("=")}
        for what, who in re.findall(r"(?m)^\s*(\S+)(?: [<=>]+ \S+)? is needed by \(installed\) (\S+)$", said):
            found[owners.get(what, "")] = f"{who} needs it"
        found.pop("", None)
        found = found or dict.fromkeys(going, said[-200:])
        needs.update(found)
        going = [name for name in going if name not in found]
    return going, needs


def undo(act: Act, place: Place, *, dry: bool) -> Undone:
    """Take back what came, but what others need, have marked as theirs or installed anew."""
    if act.get("removal"):
        return _give_back(act, place, dry=dry)
    now = query(place, list(act["after"]))
    kept: Dict[str, Text] = {}
    _, said = (
        _run(place, ["dnf", "-C", "-q", "repoquery", "--userinstalled", "--qf", "=%{name}\\n"], 120) if now else (0, "")
    )
    users = {line[1:].strip() for line in said.splitlines() if line.startswith("=")}
    for name in now:
        if name in act.get("auto", []) and name in users:
            kept[name] = ("marked as installed by a user since", "marqué depuis comme installé par un utilisateur")
    for name in _theirs(act, place, now):
        kept[name] = ("installed anew by somebody else since", "réinstallé depuis par quelqu’un d’autre")
    going, needs = _who_needs(place, [name for name in now if name not in kept])
    kept.update({name: (reason, reason) for name, reason in needs.items()})
    edited = _list_edited(act, going, place)
    if going and not dry:
        wrong = _erase(place, going)
        kept.update(dict.fromkeys(query(place, going), (wrong, wrong)) if wrong else {})
    if kept:
        en, fr = ("; ".join(f"{name}: {why[word]}" for name, why in kept.items()) for word in (0, 1))
        return Undone("stays", (en, fr), "dnf remove " + " ".join(kept))
    return _tell_saved([*edited, *(path for path in _list_saved(act, place) if path not in edited)])


def _list_edited(act: Act, names: List[str], place: Place) -> List[str]:
    """Return where rpm will leave files of configuration that somebody has edited (rpm(8), VERIFY OPTIONS)."""
    said = _run(place, ["rpm", "-V", *names], 120)[1] if names else ""
    paths = re.findall(r"(?m)^\S*5\S*\s+c (/.*)$", said)
    return [path + ".rpmsave" for path in paths if path + ".rpmsave" in act.get("saved", [])]


def _list_saved(act: Act, place: Place) -> List[str]:
    return [path for path in act.get("saved", []) if os.path.lexists(place.at(path))]


def _tell_saved(paths: List[str]) -> Undone:
    if not paths:
        return BACK
    names = ", ".join(paths)
    text = f"configuration files stay: {names}", f"des fichiers de configuration restent\u00a0: {names}"
    return Undone("back", text, "rm " + " ".join(paths))


def find_left(act: Act, place: Place) -> Undone:
    """Return what stands of an act that was undone: files of configuration that somebody has edited."""
    return _tell_saved(_list_saved(act, place))


def _erase(place: Place, names: List[str]) -> str:
    status, said = call(place, "-y", "remove", "--noautoremove", *names, timeout=600)
    return f"dnf: {read_error(said)}" if status else ""


def _remove(act: Act, place: Place) -> Act:
    now = query(place, act["names"])
    if {name: one.version for name, one in now.items()} != act["before"] or _who_needs(place, act["names"])[1]:
        raise Moved("the packages were changed meanwhile", "les paquets ont été modifiés entre-temps")
    wrong = _erase(place, act["names"])
    if wrong and look(act, place) == "before":
        raise Refusal(wrong)
    if wrong:
        raise Halfway(act, wrong)
    return act


def _give_back(act: Act, place: Place, *, dry: bool) -> Undone:
    now = query(place, list(act["before"]))
    wanted = [f"{name}-{version}" for name, version in act["before"].items() if name not in now]
    if not wanted:
        return BACK
    try:
        more = set(simulate(place, wanted)) - set(act["before"])
        if more:
            names = ", ".join(sorted(more))
            return Undone(
                "stays", (f"{names} would come too", f"{names} viendrait aussi"), "dnf install " + " ".join(wanted)
            )
        status, said = (0, "") if dry else call(place, "-y", "install", *wanted, timeout=1800)
    except Refusal as error:
        return Undone("stays", error.text, "dnf install " + " ".join(wanted))
    if status:
        return Undone("stays", (read_error(said), read_error(said)), "dnf install " + " ".join(wanted))
    return BACK


def settle(act: Act, place: Place) -> str:
    """After a crash: write into the act what came."""
    if act.get("removal"):
        return {"after": "done", "before": "void"}.get(look(act, place), "unclear")
    act.update(_came(act, place, {}))
    return "done" if act["after"] else "void"
