"""Runs of apt in its own logs: what ours brought, and what others have installed anew since."""

from typing import Any, Dict, List, Tuple

from . import dpkg, package_accounts, purge, settings
from .apt_words import Stanza, read_history, read_installs, read_later
from .contract import Act
from .place import Place


def mark_run(place: Place) -> List[str]:
    """Return the options by which history.log tells our run from others', and by which apt waits for others."""
    log = ["-o", "Dir::Log=/var/log/apt", "-o", "Dir::Log::History=history.log"]
    return ["-o", f"Rempart::Change={place.change}", "-o", f"DPkg::Lock::Timeout={dpkg.WAIT:.0f}", *log]


def find_run(act: Act, place: Place) -> Any:
    """Return the last run of ours that brought one of the act's packages, and their old states; None where none did."""
    history, mark = _read_history(place)
    runs = read_history(history, mark)
    installs = read_installs(dpkg.read_logs(place, "dpkg.log"))
    for run in reversed(runs):
        if set(act["names"]) & set(run.installed):
            end = run.end or min(read_later(history, mark, run.start).values(), default="9")
            old = _find_old([(name, state) for time, name, state in installs if run.start <= time <= end], act)
            # what was to come but did not (the disk was full, a script failed) is no package of ours
            return Stanza(
                run.start, run.end, {n: v for n, v in run.installed.items() if n in old}, run.auto, run.rest
            ), old
    return None


def _find_old(installs: List[Tuple[str, str]], act: Act) -> Dict[str, str]:
    """Return how packages stood before they were installed.

    The logs know seconds: the same package may have been installed, removed and installed again within those of one
    run. What was seen when the act was resolved tells which of them it was; else the first counts, for others may have
    installed the same right after a run that was killed.
    """
    old: Dict[str, str] = {}
    for name, state in installs:
        if name not in old or state == act["before"].get(name):
            old[name] = state
    return old


def _read_history(place: Place) -> Tuple[str, str]:
    """Return apt's log, and what marks our runs there."""
    return dpkg.read_logs(place, "apt/history.log"), f"Rempart::Change={place.change}"


def write_came(act: Act, found: Tuple[Stanza, Dict[str, str]], place: Place) -> Act:
    """Return the act with what its run brought; of a run for several acts, what each is for."""
    run, old = found
    after = {name: version for name, version in run.installed.items() if not act.get("joint") or name in act["after"]}
    act = dict(act, after=after, before={name: old[name] for name in after}, start=run.start, end=run.end)
    act["auto"] = [name for name in run.auto if name in after]
    new = [name for name in after if act["before"][name] != "rc"]
    act.update(settings=settings.find_came(new, place), came=purge.find_came(new, place))
    act["sums"] = settings.find_sums(act, place)
    act["folders"] = sorted({*act.get("folders", ()), *purge.find_folders(new, place)})
    texts = {name: purge.read_scripts(name, ("preinst", "postinst", "config"), place) for name in new}
    act["accounts"] = package_accounts.find_came(
        act, {n: (text, purge.list_files(n, place)) for n, text in texts.items()}, place
    )
    return dict(act, also=list(run.rest)) if run.rest else act


def find_theirs(act: Act, place: Place) -> List[str]:
    """Return the packages of an act that somebody else has installed anew since."""
    end = act.get("end") or "9"
    since = {name for time, name, _ in read_installs(dpkg.read_logs(place, "dpkg.log")) if time > end}
    if act.get("start"):  # a run that was killed has no end; what others did then stands after it
        since |= read_later(*_read_history(place), act["start"]).keys()
    return [name for name in act["after"] if name in since]
