"""Packages brought up to date by apt: nothing is removed for it, files of configuration stay as they are."""

from typing import Any, Dict, List, Optional

from . import apt, apt_runs, dpkg
from .apt_words import Upgrade, read_error, read_history, read_installs, read_upgrade, read_upgrades
from .contract import Act, Halfway, Moved, Refusal, Undone
from .place import Place

_UPGRADE = ["--with-new-pkgs", "upgrade"]


def simulate(place: Place, *, security: bool) -> Upgrade:
    """Return what an upgrade would do.

    Raises:
        Refusal: It can't be done.
    """
    status, said = place.run(["apt-get", "-s", "-o", "Debug::NoLocking=1", *_UPGRADE], dpkg.WAIT)
    if status:
        raise Refusal(f"apt can't upgrade: {read_error(said)}", f"apt ne peut mettre à jour\u00a0: {read_error(said)}")
    return read_upgrade(said)


def query_versions(place: Place, names: List[str]) -> Dict[str, str]:
    """Return the versions of packages that are there."""
    return {name: one.version for name, one in dpkg.query(place, names).items() if one.there}


def do(act: Act, place: Place) -> Act:
    """Upgrade."""
    dpkg.find_obstacle(place)
    found = simulate(place, security=act["security"])
    if found.new != act["after"]:
        raise Moved("others are to be upgraded by now", "d’autres paquets sont à mettre à jour à présent")
    apt.fetch(_UPGRADE, place)
    options = ["-o", "Dpkg::Options::=--force-confold", "-o", "Dpkg::Options::=--force-confdef"]
    words = [*apt.ALONE, "apt-get", "-y", "-q", "--no-remove", *apt_runs.mark_run(place), *options, *_UPGRADE]
    status, said = apt.run_in_turn(place, words, 3600)
    came = _find_run(act, place)
    if came is None:
        raise Refusal(f"apt: {read_error(said)}")
    if status:
        raise Halfway(came, f"apt: {read_error(said)}")
    return came


def _find_run(act: Act, place: Place) -> Optional[Act]:
    """Return the act as the last run of ours tells of it; None where there was none, or it did nothing."""
    runs = read_history(dpkg.read_logs(place, "apt/history.log"), f"Rempart::Change={place.change}")
    installs = read_installs(dpkg.read_logs(place, "dpkg.log"))
    for run in reversed(runs):
        old = read_upgrades(run.rest)
        new = {name: version for name, version in run.installed.items() if name in act["after"]}
        if not set(act["after"]) & {*old, *new}:
            continue
        states = {name: state for time, name, state in installs if run.start <= time <= (run.end or "9")}
        before = {name: one[0] for name, one in old.items()}
        before.update({name: states.get(name, "none") for name in new})
        after = dict({name: one[1] for name, one in old.items()}, **new)
        now = query_versions(place, list(after))
        done = {name: version for name, version in after.items() if now.get(name) == version}
        if done:
            before = {name: before[name] for name in done}
            return dict(act, before=before, after=done, auto=[name for name in new if name in done], end=run.end)
    return None


def take_new(act: Act, came: List[str], place: Place, *, dry: bool) -> Undone:
    """Take what came new with an upgrade, where nobody needs it."""
    after = {name: act["after"][name] for name in came if name in act["after"]}
    part: Dict[str, Any] = dict(act, after=after, data=[])
    dpkg.find_read_only(place)
    if dry:
        return apt.take_away(part, place, dry=True)
    with dpkg.hold(place):
        return apt.take_away(part, place, dry=False)


def by_hand(old: Dict[str, str]) -> str:
    """Return the command that would bring older versions back, from where they still are."""
    return "apt-get install --allow-downgrades " + " ".join(f"{name}={old[name]}" for name in sorted(old))


def settle(act: Act, place: Place) -> str:
    """After a crash: configure what was unpacked, and write into the act what came."""
    came = _find_run(act, place)
    if came is None:
        return "void"
    act.update(came)
    half = [name for name, one in dpkg.query(place, list(act["after"])).items() if one.status != "installed"]
    if half:
        with dpkg.hold(place):
            place.run(["env", "DPKG_FRONTEND_LOCKED=true", "dpkg", "--force-confold", "--configure", *half], 600)
    return "done"
