"""Packages brought up to date by dnf: what its transaction did is seen by what rpm has before and after."""

from typing import Any, Dict, List

from . import dnf
from .apt_words import Upgrade
from .contract import Act, Halfway, Moved, Refusal, Undone
from .place import Place

_UPDATING = ("Upgrading", "Downgrading", "Reinstalling")


def _words(*, security: bool) -> List[str]:
    return ["upgrade", *(["--security"] if security else [])]


def simulate(place: Place, *, security: bool) -> Upgrade:
    """Return what an upgrade would do.

    Raises:
        Refusal: It can't be done.
    """
    status, said = dnf.call(place, "--assumeno", *_words(security=security), timeout=dnf.PATIENCE + 60)
    found = dnf.read_transaction(said)
    rows = {head: found.get(head, {}) for head in (*_UPDATING, "Installing", "Installing dependencies")}
    new = {name: version for some in rows.values() for name, version in some.items()}
    if not new and status and "Nothing to do" not in said:
        why = dnf.read_error(said)
        raise Refusal(f"dnf can't upgrade: {why}", f"dnf ne peut mettre à jour\u00a0: {why}")
    there = query_versions(place, list(new)) if new else {}
    old = {name: there[name] for head in _UPDATING for name in rows[head] if name in there}
    return Upgrade(old, new, [name for name in new if name not in there])


def query_versions(place: Place, names: List[str]) -> Dict[str, str]:
    """Return the versions of packages that are there."""
    return {name: one.version for name, one in dnf.query(place, names).items()} if names else {}


def do(act: Act, place: Place) -> Act:
    """Upgrade."""
    if simulate(place, security=act["security"]).new != act["after"]:
        raise Moved("others are to be upgraded by now", "d’autres paquets sont à mettre à jour à présent")
    before = dnf.query(place, [])
    words = _words(security=act["security"])
    status, said = dnf.call(place, "-y", *words, "--downloadonly", timeout=dnf.PATIENCE + 1200)
    if status:
        why = dnf.read_error(said)
        raise Refusal(f"the packages can't be fetched: {why}", f"les paquets ne peuvent être téléchargés\u00a0: {why}")
    status, said = dnf.call(place, "-y", *words, timeout=3600)
    now = dnf.query(place, [])
    after = {name: one.version for name, one in now.items() if before.get(name) != one}
    if not after:
        raise Refusal(f"dnf: {dnf.read_error(said)}")
    old = {name: before[name].version if name in before else "none" for name in after}
    gone = {name: one.version for name, one in before.items() if name not in now}
    tids = sorted({now[name].transaction for name in after})
    auto = [name for name in after if name not in before]
    act = dict(act, before=old, after=after, gone=gone, auto=auto, tid=tids[-1])
    if status:
        raise Halfway(act, f"dnf: {dnf.read_error(said)}")
    return act


def take_new(act: Act, came: List[str], place: Place, *, dry: bool) -> Undone:
    """Take what came new with an upgrade, where nobody needs it."""
    part: Dict[str, Any] = dict(act, after={name: act["after"][name] for name in came if name in act["after"]})
    return dnf.undo(part, place, dry=dry)


def by_hand(old: Dict[str, str]) -> str:
    """Return the command that would bring older versions back, from where they still are."""
    return "dnf downgrade " + " ".join(f"{name}-{old[name]}" for name in sorted(old))


def settle(act: Act, place: Place) -> str:
    """After a crash: write into the act how what was to be upgraded stands."""
    now = query_versions(place, list(act["after"]))
    done = [name for name in act["after"] if now.get(name, "none") != act["before"].get(name, "none")]
    if not done:
        return "void"
    act.update(
        before={name: act["before"].get(name, "none") for name in done}, after={name: now[name] for name in done}
    )
    act.update(auto=[], tid="")
    return "done"
