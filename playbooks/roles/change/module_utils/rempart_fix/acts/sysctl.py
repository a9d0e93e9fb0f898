"""A setting of the kernel, live: its value, and those that the kernel changes along with it.

Spec: ``{name, value}``; ``*`` in a name stands for all interfaces, but those that ``except`` names; with ``one_of``,
what is one of these stays, and with ``at_least``, ``at_most`` a number between them; with ``file`` what is in force
then is written there too, as lines of a file of ours;
``unless: {name, one_of}`` leaves it alone where another setting has one of these; ``optional`` where a kernel may
lack it.
"""

import fnmatch
import glob
import os
import re
from typing import Any, Dict, List, Mapping, Optional, Sequence, Set

from ..contract import BACK, Act, Moved, Refusal, Show, Undone
from ..paths import in_french
from ..place import Place
from ..resolve.keys import holds
from ..sight import Sight
from . import key

_ALONG = re.compile(r"net/ipv[46]/(ip_forward|conf/all/forwarding)\Z")
"""Settings by which the kernel sets others (Documentation/networking/ip-sysctl.rst): those of every interface."""

_STAYS = ("one_of", "at_least", "at_most")
_FOLDERS = ("/etc/sysctl.d", "/run/sysctl.d", "/usr/local/lib/sysctl.d", "/usr/lib/sysctl.d", "/lib/sysctl.d")


def resolve(spec: Mapping[str, Any], sight: Sight) -> List[Act]:
    """Return the act on the file, where there is one, and those on the live values.

    The file gets the value that is in force then: what is stricter already is not made weaker by the next start. Where
    it says one that is good as well, it stays: the fix of another check may have set the live one.
    """
    name, value = str(spec["name"]), " ".join(str(spec["value"]).split())
    targets = _find_targets(name, spec.get("except") or [])
    live = {one: read(sight.place, one) for one in targets}
    for one, now in live.items():
        sight.note("sysctl " + one, now)
    if all(now is None for now in live.values()) and not spec.get("optional"):
        raise Refusal(f"this kernel has no setting {name}", f"ce noyau n’a pas de réglage {name}")
    acts: List[Act] = []
    for one, found in live.items():
        now = sight.planned("sysctl", one, found)
        if now is None or _is_enough(spec.get("unless"), sight):
            continue
        wanted = now if now == value or holds(now, spec) else value
        if spec.get("file"):
            dress = {"path": spec["file"], "create": True, "mode": "0644", "owner": "root", "group": "root"}
            stays = {word: spec[word] for word in _STAYS if spec.get(word) is not None}
            acts += key.resolve(dict(dress, key=_name(one), value=wanted, **stays), sight)
        if now != wanted:
            sight.plan("sysctl", one, wanted)
            before: Dict[str, Any] = {"value": now}
            if along := _read_along(sight.place, one):
                before["along"] = along
            acts.append({"kind": "sysctl", "target": one, "before": before, "after": {"value": wanted}})
    return acts


def _find_targets(name: str, left_out: Sequence[str]) -> List[str]:
    """Return the paths below ``/proc/sys`` that a name stands for."""
    if "*" not in name:
        return [find_path(name)]
    before, after = find_path(name.replace("*", "\1")).split("\1")
    found = glob.glob(os.path.join("/proc/sys", glob.escape(before) + "*" + glob.escape(after)))
    paths = sorted(path[len("/proc/sys/") :] for path in found)
    return [path for path in paths if path[len(before) : len(path) - len(after)] not in left_out]


def _name(target: str) -> str:
    """Return the name of a setting as people write it; with slashes where an interface has a dot in its name."""
    return target if "." in target else target.replace("/", ".")


def _is_enough(other: Optional[Mapping[str, Any]], sight: Sight) -> bool:
    """Tell whether another setting makes this one count for nothing."""
    if not other:
        return False
    target = find_path(str(other["name"]))
    now = sight.planned("sysctl", target, read(sight.place, target))
    sight.note("sysctl " + target, now)
    return now in [str(one) for one in other["one_of"]]


def find_path(name: str) -> str:
    """Return the path of a setting below ``/proc/sys``, as sysctl.d(5) reads its name."""
    first = re.search("[./]", name)
    if not re.match(r"[A-Za-z0-9_./:@\1-]+\Z", name) or not first or ".." in name or name.startswith("/"):
        raise Refusal(f"{name!r} is no setting of the kernel", f"{name!r} n’est pas un réglage du noyau")
    if first[0] == "/":
        return name
    return name.translate(str.maketrans("./", "/."))


def read(place: Place, target: str) -> Optional[str]:
    """Return the live value, its words apart by one blank; None where there is none."""
    try:
        with open(os.path.join("/proc/sys", target)) as file:
            return " ".join(file.read().split())
    except OSError:
        return None


def find_files(target: str, place: Place) -> Set[str]:
    """Return the files by which a start of the system sets a setting (sysctl.d(5)); of others it is not known."""
    found: Set[str] = set()
    for folder in _FOLDERS:
        try:
            names = os.listdir(place.at(folder))
        except OSError:
            continue
        found.update(f"{folder}/{name}" for name in names if name.endswith(".conf"))
    return {path for path in ["/etc/sysctl.conf", *found] if _names(path, target, place)}


def _names(path: str, target: str, place: Place) -> bool:
    """Tell whether a file names a setting; one that can't be read is taken to."""
    try:
        with open(place.at(path), encoding="utf-8", errors="replace") as file:
            words = [line.partition("=")[0].strip().lstrip("-").strip() for line in file]
    except FileNotFoundError:
        return False
    except OSError:
        return True
    for word in words:
        first = re.search("[./]", word)
        if first and word[0] not in "#;":
            word = word if first[0] == "/" else word.translate(str.maketrans("./", "/."))
            if fnmatch.fnmatchcase(target, word):
                return True
    return False


def _write(target: str, value: str) -> None:
    with open(os.path.join("/proc/sys", target), "w") as file:
        file.write(value + "\n")


def _read_along(place: Place, target: str) -> Dict[str, str]:
    found: Dict[str, str] = {}
    if not _ALONG.match(target):
        return found
    family = target.split("/")[1]
    top = f"/proc/sys/net/{family}/conf"
    names = [
        f"net/{family}/conf/{one}/{word}" for one in os.listdir(top) for word in ("forwarding", "accept_redirects")
    ]
    names += ["net/ipv4/ip_forward"] if family == "ipv4" else []
    for name in names:
        value = read(place, name)
        if value is not None and name != target:
            found[name] = value
    return found


def do(act: Act, place: Place) -> Act:
    """See Kind.do."""
    target, value = act["target"], act["after"]["value"]
    if read(place, target) != act["before"]["value"]:
        raise Moved(f"{target} was changed meanwhile", f"{target} a été modifié entre-temps")
    before = _read_along(place, target)
    try:
        _write(target, value)
    except OSError as error:
        raise Refusal(f"the kernel does not take {target} = {value}: {error.strerror}",
                      f"le noyau refuse {target} = {value}\u00a0: {in_french(error)}") from error  # fmt: skip
    now = read(place, target)
    if now != value:
        _write(target, act["before"]["value"])
        raise Refusal(
            f"{target} is {now} after {value} was written", f"{target} vaut {now} après l’écriture de {value}"
        )
    after = _read_along(place, target)
    # Those that stay, too: what the kernel does not change now it may change when this is taken back.
    along = {name: [old, after[name]] for name, old in before.items() if name in after}
    return dict(act, along=along) if along else act


def look(act: Act, place: Place) -> str:
    """See Kind.look."""
    now = _read_now(place, act["target"])
    return "after" if now == act["after"]["value"] else "before" if now == act["before"]["value"] else "moved"


def _read_now(place: Place, target: str) -> Optional[str]:
    """Return the live value; in a dry run, what it would be by now."""
    pretended = place.pretended.get("sysctl " + target)
    return pretended["value"] if pretended else read(place, target)


def undo(act: Act, place: Place, *, force: bool, dry: bool) -> Undone:
    """See Kind.undo. Values that go along come back where they still are as the act left them, and stay where not."""
    target, old = act["target"], act["before"]["value"]
    state = look(act, place)
    by_hand = f"sysctl -w {target}='{old}'"
    if state == "moved" and not force:
        now = _read_now(place, target)
        return Undone("moved", (f"it is {now} by now", f"il vaut {now} à présent"), by_hand)
    if state == "before":
        return BACK
    if dry:
        place.pretended["sysctl " + target] = {"value": old}
        return BACK
    along = act.get("along", {})
    # what others have set of these stays, though the kernel would change it too
    stand = {**_read_along(place, target), **{name: read(place, name) for name in along}}
    wanted = {name: along[name][0] if name in along and now == along[name][1] else now for name, now in stand.items()}
    try:
        _write(target, old)
        for name, value in wanted.items():
            if value is not None and read(place, name) != value:
                _write(name, value)
    except OSError as error:
        text = f"the kernel takes it back with a restart only: {error.strerror}"
        return Undone("stays", (text, f"le noyau ne le reprend qu’au redémarrage\u00a0: {in_french(error)}"), by_hand)
    if read(place, target) != old:
        return Undone("stays", ("the kernel does not take it back", "le noyau ne le reprend pas"), by_hand)
    return BACK


def settle(act: Act, place: Place) -> str:
    """See Kind.settle. After a restart the value is the one of the files, whatever was written before."""
    if look(act, place) != "after":
        return "void"
    after = _read_along(place, act["target"])
    along = {name: [old, after[name]] for name, old in act["before"].get("along", {}).items() if name in after}
    if along:
        act["along"] = along
    return "done"


def show(act: Act, place: Place) -> Show:
    """See Kind.show."""
    return Show(act["target"].replace("/", "."), act["before"]["value"], act["after"]["value"])
