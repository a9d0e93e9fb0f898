"""Packages installed by apt and removed by dpkg: only what our own run brought, and only what nobody else needs."""

import os
import re
import time
from typing import Any, Dict, List, Mapping, Sequence, Tuple

from . import dpkg, kept_logs, purge, settings, systemd
from .apt_runs import find_run, find_theirs, mark_run, write_came
from .apt_words import read_error, read_needs, read_simulation, read_sizes
from .contract import BACK, Act, Halfway, Moved, Refusal, Text, Undone
from .dpkg import WAIT, Standing
from .place import Place
from .sight import Sight

PATIENCE = 60.0
"""Seconds that a repository may need to answer; what is large may need more, by its size."""
_SLOWEST = 100_000  # bytes a second
_ROOM = 16 << 20
ALONE = ("env", "NEEDRESTART_SUSPEND=1", "APT_LISTCHANGES_FRONTEND=none")
_TRY = ("apt-get", "-s", "-o", "Debug::NoLocking=1")
_TORN = "--force-remove-reinstreq"
"""Removes what dpkg was killed over, too: said only of what came by our own run, and was not there before."""


def resolve(names: List[str], state: str, spec: Mapping[str, Any], sight: Sight) -> List[Act]:
    """Return the one act that installs or removes packages."""
    _, said = sight.run(["dpkg-query", "-W", "-f", "${Package}\\t${db:Status-Status}\\t${Version}\\n", *names])
    there = {line.split("\t")[0]: line.split("\t")[2] for line in said.splitlines() if "\tinstalled\t" in line}
    if state == "absent":
        return _resolve_removal({name: there[name] for name in names if name in there}, sight)
    planned = sight.planned("package", "all", {})
    missing = [name for name in names if name not in there and name not in planned]
    if not missing:
        return []
    dpkg.find_obstacle(sight.place)
    new = simulate(sight.place, missing, recommends=bool(spec.get("recommends")))
    sight.note("apt " + " ".join(missing), new)
    standing = dpkg.query(sight.place, list(new))
    before = {name: "rc" if name in standing and standing[name].status == "config-files" else "none" for name in new}
    sight.plan("package", "all", {**planned, **new})
    act: Act = {"kind": "package", "system": "dpkg", "target": " ".join(missing), "names": missing}
    act.update(before=before, after=new, recommends=bool(spec.get("recommends")), data=list(spec.get("data", [])))
    if spec.get("scraps"):
        act["scraps"] = list(spec["scraps"])
    new_folders = [path for path in act["data"] if not os.path.lexists(sight.place.at(path))]
    if new_folders:
        act["folders"] = new_folders
    return [act]


def _resolve_removal(there: Dict[str, str], sight: Sight) -> List[Act]:
    if not there:
        return []
    dpkg.find_obstacle(sight.place)
    _, needs = _who_needs(sight.place, sorted(there))
    if needs:
        text = "; ".join(f"{name}: {reason}" for name, reason in needs.items())
        raise Refusal(f"it can't be removed: {text}", f"suppression impossible\u00a0: {text}")
    _, said = sight.run(["apt-mark", "showauto", *sorted(there)])
    act: Act = {"kind": "package", "system": "dpkg", "target": " ".join(sorted(there)), "names": sorted(there)}
    act.update(before=there, after=dict.fromkeys(there, "none"), auto=said.split(), removal=True)
    return [act]


def simulate(place: Place, names: List[str], *, recommends: bool) -> Dict[str, str]:
    """Return the versions of all that an installation would bring, by name.

    Raises:
        Refusal: It would do anything else too, or can't be done.
    """
    gone = dpkg.list_pretended(place)  # by a dry run so far
    status, said = place.run([*_TRY, *_option(recommends), "install", *names, *(f"{name}-" for name in gone)], WAIT)
    if status:
        why = read_error(said)
        raise Refusal(
            f"apt can't install {' '.join(names)}: {why}", f"apt ne peut installer {' '.join(names)}\u00a0: {why}"
        )
    found = read_simulation(said, gone)
    if found.other:
        also = "; ".join(found.other)[:300]
        raise Refusal(
            f"to install {' '.join(names)}, apt would also change others: {also}",
            f"pour installer {' '.join(names)}, apt modifierait aussi d’autres paquets\u00a0: {also}",
        )
    return found.new


def _option(recommends: bool) -> List[str]:
    return [] if recommends else ["--no-install-recommends"]


def do(act: Act, place: Place) -> Act:
    """Install, or remove."""
    dpkg.find_obstacle(place)
    if act.get("removal"):
        return _remove_theirs(act, place)
    if simulate(place, act["names"], recommends=act["recommends"]).keys() != act["after"].keys():
        raise Moved("other packages would come by now", "d’autres paquets viendraient à présent")
    status, said = install(act["names"], place, recommends=act["recommends"])
    came = find_run(act, place)
    if status == 0 and came is not None:
        return write_came(act, came, place)
    if came is None:
        raise Refusal(f"apt: {read_error(said)}")
    act.update(write_came(act, came, place))
    left = undo(act, place, dry=False)
    text = f"apt: {read_error(said)}"
    if left.word != "back":
        raise Halfway(
            act, f"{text}; what came is not gone: {left.why[0]}", f"{text}\u202f; il en reste\u00a0: {left.why[1]}"
        )
    raise Refusal(text)


def install(names: List[str], place: Place, *, recommends: bool) -> Tuple[int, str]:
    """Run apt, once all that is needed is here; return its status and what it said.

    Raises:
        Refusal: The packages can't be fetched, or others hold a lock; nothing was installed.
    """
    fetch([*_option(recommends), "install", *names], place)
    place.stood, place.summed = purge.see(place), settings.list_summed(place)
    words = [*ALONE, "apt-get", "-y", "-q", "--no-remove", *_option(recommends), *mark_run(place)]
    words += ["-o", "Dpkg::Options::=--force-confold", "-o", "Dpkg::Options::=--force-confdef", "install", *names]
    return run_in_turn(place, words, 1800)


def fetch(wanted: List[str], place: Place) -> None:
    """Have the packages here before any is installed, within a time that is bounded.

    Args:
        wanted: What apt-get will be asked for.
        place: Of the change.

    Raises:
        Refusal: The repository does not answer, or there is no room.
    """
    words = ["apt-get", "-y", "-q", "-o", "Debug::NoLocking=1"]
    _, said = place.run([*words, "--print-uris", *wanted])
    fetched, used = read_sizes(said)
    for folder, size in (("/var/cache/apt/archives", fetched), ("/usr", used), ("/var/lib/dpkg", used // 100)):
        room = os.statvfs(place.at(folder))
        if room.f_bavail * room.f_frsize < size + _ROOM:
            mega = (size + _ROOM) // 1_000_000
            raise Refusal(
                f"no space in {folder}: {mega} MB are needed", f"plus de place dans {folder}\u00a0: il faut {mega} Mo"
            )
    limits = ["Retries=0", *(f"{kind}::Timeout=15" for kind in ("http", "https", "ftp"))]
    options = [word for limit in limits for word in ("-o", f"Acquire::{limit}")]
    patience = PATIENCE + fetched / _SLOWEST
    status, said = run_in_turn(place, ["apt-get", "-y", "-q", *options, "--download-only", *wanted], patience)
    if status == 0:
        return
    why = f"no answer for {patience:.0f} s" if status == 124 else read_error(said)
    raise Refusal(f"the packages can't be fetched: {why}", f"les paquets ne peuvent être téléchargés\u00a0: {why}")


def run_in_turn(place: Place, words: List[str], timeout: float) -> Tuple[int, str]:
    """Run apt once others let it: it waits for the lock of dpkg, but not for that of its own downloads.

    Raises:
        Refusal: Others hold a lock all the time; with who.
    """
    until = time.monotonic() + WAIT
    while True:
        status, said = place.run(words, timeout)
        if status in (0, 124, 127) or not re.search(r"(?m)^E: (Could not get lock|Unable to (lock|acquire))", said):
            return status, said
        if time.monotonic() > until:
            raise dpkg.locked(place)
        time.sleep(0.5)


def look(act: Act, place: Place) -> str:
    """Return how it stands: an upgrade of what we brought leaves it ours, an installation by others does not."""
    standing = dpkg.query(place, list(act["after"]))
    there = [name for name in act["after"] if standing.get(name, dpkg.ABSENT).there]
    if act.get("removal"):
        return "before" if len(there) == len(act["before"]) else "moved" if there else "after"
    if not there:
        return "before"
    return "after" if len(there) == len(act["after"]) and not find_theirs(act, place) else "moved"


def undo(act: Act, place: Place, *, dry: bool) -> Undone:
    """Take back what came, but what others need, hold, have marked as theirs or installed anew."""
    if act.get("removal"):
        return _give_back(act, place, dry=dry)
    dpkg.find_read_only(place)
    if dry:
        return take_away(act, place, dry=True)
    with dpkg.hold(place):
        return take_away(act, place, dry=False)


def take_away(act: Act, place: Place, *, dry: bool) -> Undone:
    """Remove what an act brought, with the lock held, but what others need, hold, have marked or installed anew."""
    standing = dpkg.query(place, list(act["after"]))
    there = [name for name in act["after"] if standing.get(name, dpkg.ABSENT).there]
    kept = _keep(act, place, there, standing)
    left = [name for name in there if name not in kept]
    going, needs = _who_needs(place, left, dpkg.list_pretended(place), [_TORN])
    kept.update({name: (reason, reason) for name, reason in needs.items()})
    # as it is before the removal: that moves files away, and services write while they are stopped for it
    begun = [name for name in purge.list_begun(act, standing) if name not in going]
    strange = purge.find_strange(act, [*going, *begun], standing, place)
    safe = purge.list_safe(act, [*going, *begun], standing, strange, place)
    units = _list_units(going, place)
    if not dry:
        kept_logs.give_back(place)  # of a run that was cut off
        safe = _keep_logs(act, safe, standing, place)
    if going and not dry:
        # at once where all may be purged: dpkg notes it first, and what is cut off then is known to have been begun
        word = "--purge" if set(going) <= set(safe) else "--remove"
        _, said = place.run(["env", "DPKG_FRONTEND_LOCKED=true", "dpkg", _TORN, word, *going], 600)
        after = dpkg.query(place, going)
        for name in going:
            if after.get(name, dpkg.ABSENT).there:
                kept[name] = (f"dpkg: {read_error(said)}", f"dpkg\u00a0: {read_error(said)}")
    gone = [name for name in going if name not in kept]
    if dry:
        dpkg.pretend_removal(place, {name: standing[name] for name in gone})
    purge.purge([name for name in safe if name not in kept], standing, place, dry=dry)
    if not dry:
        kept_logs.give_back(place)
    rests = _list_rests(act, dpkg.query(place, list(act["after"])))
    if not dry and not (kept or rests):
        purge.remove_empty(act, place)
    if not dry:
        _tell_systemd(units, place)
    edited = settings.take_back(act, gone, place, dry=dry)
    if not dry:
        settings.forget_sums(act, [name for name in act["after"] if name not in (*kept, *rests)], place)
    named = purge.name_kept(act, rests, standing, strange, place)
    if kept:
        text = ["; ".join(f"{name}: {why[word]}" for name, why in kept.items()) for word in (0, 1)]
        return Undone("stays", (text[0], text[1]), "apt-get remove " + " ".join(kept))
    return _tell_rests(rests, named, edited)


def find_left(act: Act, place: Place) -> Undone:
    """Return what stands of an act that was undone: files of configuration that nobody could take for ours alone."""
    if act.get("removal"):
        return BACK
    standing = dpkg.query(place, list(act["after"]))
    rests = _list_rests(act, standing)
    strange = purge.find_strange(act, rests, standing, place)
    named = purge.name_kept(act, rests, standing, strange, place)
    return _tell_rests(rests, named, settings.find_left(act, place))


def _list_rests(act: Act, standing: Mapping[str, Standing]) -> List[str]:
    """Return the packages that are gone, and of which dpkg still has files of configuration."""
    return [name for name, one in standing.items() if one.status == "config-files" and act["before"].get(name) != "rc"]


def _tell_rests(rests: Sequence[str], named: Sequence[str], edited: Sequence[str]) -> Undone:
    if not (rests or edited):
        return BACK
    names = ", ".join([*named, *(path for path in edited if not any(f"({path})" in one for one in named))])
    text = f"configuration files stay: {names}", f"des fichiers de configuration restent\u00a0: {names}"
    return Undone("back", text, "dpkg --purge " + " ".join(rests) if rests else "rm " + " ".join(edited))


def _keep(act: Act, place: Place, there: List[str], standing: Dict[str, Standing]) -> Dict[str, Text]:
    kept: Dict[str, Text] = {}
    _, said = place.run(["apt-mark", "showmanual", *there]) if there else (0, "")
    manual = set(said.split())
    for name in there:
        if name in act.get("auto", []) and name in manual:
            kept[name] = ("marked as manually installed since", "marqué depuis comme installé manuellement")
        elif standing[name].want == "hold":
            kept[name] = ("held since (apt-mark hold)", "retenu depuis (apt-mark hold)")
    for name in set(find_theirs(act, place)) & set(there):
        kept[name] = ("installed anew by somebody else since", "réinstallé depuis par quelqu’un d’autre")
    return kept


def _who_needs(
    place: Place, names: List[str], gone: Sequence[str] = (), options: Sequence[str] = ()
) -> Tuple[List[str], Dict[str, str]]:
    """Return which of the packages dpkg would remove together, and why not the others; ``gone``: taken for removed."""
    going, needs = list(names), {}
    while going:
        status, said = place.run(["dpkg", *options, "--simulate", "--remove", *going, *gone])
        if status == 0:
            break
        found = read_needs(said) or dict.fromkeys(going, read_error(said))
        needs.update(found)
        going = [name for name in going if name not in found]
    return going, needs


def _keep_logs(act: Act, safe: List[str], standing: Dict[str, Standing], place: Place) -> List[str]:
    """Keep the logs that a purge would take; return the packages of which none is lost."""
    try:
        kept_logs.keep(purge.list_logs(act, safe, standing, place), place)
    except OSError:  # no second name can be had: they are not purged
        kept_logs.give_back(place)
        return [name for name in safe if not purge.list_logs(act, [name], standing, place)]
    return safe


def _list_units(names: Sequence[str], place: Place) -> List[str]:
    """Return the units of packages, by which systemd would go on showing what failed of them."""
    paths = {path for name in names for path in purge.list_files(name, place)}
    return sorted({os.path.basename(path) for path in paths if re.search(r"/systemd/system/[^/@]+\.\w+\Z", path)})


def _tell_systemd(units: Sequence[str], place: Place) -> None:
    """Have systemd forget units that are gone: a purge takes links away after the removal had it read them.

    What still runs of them is stopped: not every package's own script does (unattended-upgrades).
    """
    if units and systemd.is_running(place):
        place.run(["systemctl", "daemon-reload"])
        _, said = place.run(["systemctl", "show", "-p", "Id,LoadState,ActiveState", "--", *units])
        shown = [dict(line.split("=", 1) for line in part.splitlines() if "=" in line) for part in said.split("\n\n")]
        gone = [one for one in shown if one.get("LoadState") == "not-found"]
        left = [one["Id"] for one in gone if one.get("ActiveState") in systemd.ON]
        if left:
            place.run(["systemctl", "stop", "--", *left], 120)
        place.run(["systemctl", "reset-failed", "--", *units])


def _remove_theirs(act: Act, place: Place) -> Act:
    with dpkg.hold(place):
        standing = dpkg.query(place, act["names"])
        if {name: one.version for name, one in standing.items() if one.there} != act["before"]:
            raise Moved("the packages were changed meanwhile", "les paquets ont été modifiés entre-temps")
        going, needs = _who_needs(place, act["names"])
        if needs:
            raise Moved("others need them by now", "d’autres en ont besoin à présent")
        status, said = place.run(["env", "DPKG_FRONTEND_LOCKED=true", "dpkg", "--remove", *going], 600)
    if status:
        if look(act, place) == "before":
            raise Refusal(f"dpkg: {read_error(said)}")
        raise Halfway(act, f"dpkg: {read_error(said)}")
    return act


def _give_back(act: Act, place: Place, *, dry: bool) -> Undone:
    state = look(act, place)
    if state == "before":
        return BACK
    standing = dpkg.query(place, list(act["before"]))
    wanted = [
        f"{name}={version}" for name, version in act["before"].items() if not standing.get(name, dpkg.ABSENT).there
    ]
    by_hand = "apt-get install " + " ".join(wanted)
    try:
        dpkg.find_obstacle(place)
        _reinstall(act, place, wanted, dry=dry)
    except Refusal as error:
        return Undone("stays", error.text, by_hand)
    return BACK


def _reinstall(act: Act, place: Place, wanted: List[str], *, dry: bool) -> None:
    if set(simulate(place, wanted, recommends=False)) - set(act["before"]):
        raise Refusal("more packages would come", "d’autres paquets viendraient")
    if dry:
        dpkg.pretend_return(place, {name: act["before"][name] for name in act["before"]})
        return
    words = [*ALONE, "apt-get", "-y", "-q", "--no-remove", "--no-install-recommends", *mark_run(place)]
    status, said = run_in_turn(place, [*words, "install", *wanted], 1800)
    if status:
        raise Refusal(read_error(said))
    if act["auto"]:
        place.run(["apt-mark", "auto", *act["auto"]])


def settle(act: Act, place: Place) -> str:
    """After a crash: configure what was unpacked, and write into the act what came."""
    if act.get("removal"):
        return {"after": "done", "before": "void"}.get(look(act, place), "unclear")
    found = find_run(act, place)
    if found is None:
        return "void"
    act.update(write_came(act, found, place))
    standing = dpkg.query(place, list(act["after"]))
    half = [name for name, one in standing.items() if one.there and one.status != "installed"]
    if half:
        with dpkg.hold(place):
            place.run(["env", "DPKG_FRONTEND_LOCKED=true", "dpkg", "--force-confold", "--configure", *half], 600)
    there = [name for name in act["after"] if dpkg.query(place, [name]).get(name, dpkg.ABSENT).there]
    # what others have removed since may have left its configuration, which did not lie here before
    return "done" if there or find_left(act, place).why[0] else "void"
