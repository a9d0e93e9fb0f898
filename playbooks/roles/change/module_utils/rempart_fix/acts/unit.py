"""Units of systemd: masked, enabled, running; each an act of its own.

Spec: ``{name, masked: bool, enabled: bool, active: bool}``; ``any_of`` in place of ``name``: the first of these that is
there; where none is, the first of all, which a package of the same fix has to bring. ``awaits``: what another unit
fetches, without which it does not run. ``optional``: where there is none, nothing is declared. What ``enable`` and
``disable`` do is recorded as the links that were made and taken; what runs, as the run that we began (its
InvocationID), so that another's is not stopped. Units that systemd stops along with one are noted, and the undo starts
them again. Where the system has started since, an undo stops what started because of our links, and starts what did not
because of them or of a mask. nftables.service is neither started nor stopped: both flush the rules of everybody.
"""

import os
from typing import Any, Dict, Iterable, List, Mapping

from .. import systemd
from ..awaiting import await_start
from ..contract import BACK, Act, Halfway, Refusal, Show, Text, Undone
from ..place import Place
from ..sight import Sight

_FLUSHING = ("nftables.service",)
_OF_RULES = (*_FLUSHING, "ufw.service", "firewalld.service", "netfilter-persistent.service")  # not for a link's sake
_OWN = "rempart-firewall-"  # units that are ours; stopping one changes no rule
_FLUSHES = Undone("stays", ("it would flush the rules of everybody", "il effacerait les règles de tous"))
_ANEW: Text = ("it was started anew since", "redémarré depuis")
_ENABLED = ("enabled", "static", "alias", "generated", "linked", "transient")
_DISABLED = ("disabled", "static", "masked", "masked-runtime", "generated", "transient", "indirect", "")


def resolve(spec: Mapping[str, Any], sight: Sight) -> List[Act]:
    """Return up to three acts, in an order in which the undo of each, backwards, can be done."""
    unit = _name(spec, sight)
    wants = {word: bool(spec[word]) for word in ("masked", "enabled", "active") if spec.get(word) is not None}
    if unit in _FLUSHING and "active" in wants:
        raise Refusal(
            f"{unit} flushes the rules of everybody when it starts and when it stops: it is left alone",
            f"{unit} efface les règles de tous en démarrant et en s’arrêtant\u00a0: on n’y touche pas",
        )
    place = sight.place
    shown = systemd.show(place, unit)
    _, state = place.run(["systemctl", "is-enabled", "--", unit], 30)
    state = state.splitlines()[-1].strip() if state else ""
    masked = _is_masked(place, unit)
    there = shown.get("LoadState", "loaded") != "not-found" and " " not in state and state != "not-found"
    sight.note("unit " + unit, [shown.get("ActiveState"), state, masked, there])
    coming = bool(sight.planned("package", "all")) or sight.read(f"{systemd.LINKS}/{unit}") is not None
    if not there and not coming and not masked:
        if (wants.get("enabled") or wants.get("active")) and not spec.get("optional"):
            raise Refusal(f"there is no unit {unit} here", f"il n’y a pas d’unité {unit} ici")
        return []
    acts: List[Act] = []
    mask: List[Act] = []
    if "masked" in wants and wants["masked"] != masked:
        mask.append(_act(unit, "masked", before=masked, after=wants["masked"], boot=systemd.boot(place)))
    if not wants.get("masked"):
        acts += mask  # what is masked neither starts nor is enabled
    if (
        "enabled" in wants
        and not (wants["enabled"] and state in _ENABLED)
        and (wants["enabled"] or state not in _DISABLED)
    ):
        family = systemd.find_family(place, unit)
        boot = systemd.boot(place)
        acts.append(
            _act(unit, "enabled", before=not wants["enabled"], after=wants["enabled"], family=family, boot=boot)
        )
        acts[-1]["before"]["links"] = systemd.read_links(place, family)
    running = shown.get("ActiveState", "inactive") in systemd.ON
    if "active" in wants and wants["active"] != running and (systemd.is_running(place) or coming):
        boots = any(act["what"] == "enabled" for act in acts)
        more = {"awaits": spec["awaits"]} if spec.get("awaits") else {}
        acts.append(_act(unit, "active", before=running, after=wants["active"], boots=boots, **more))
        if running and (along := systemd.find_following(place, unit)):
            acts[-1]["before"]["along"] = along
    return [*acts, *mask] if wants.get("masked") else acts  # stopped first: an undo starts it once no mask is there


def _name(spec: Mapping[str, Any], sight: Sight) -> str:
    given = [str(one) for one in spec.get("any_of") or [spec["name"]]]
    units = [systemd.complete(one) for one in given]
    if "" in units:
        name = given[units.index("")]
        raise Refusal(f"{name!r} is no name of a unit", f"{name!r} n’est pas un nom d’unité")
    there = [unit for unit in units if len(units) > 1 and systemd.is_there(sight.place, unit)]
    sight.note("units " + " ".join(units), there)
    return (there or units)[0]


def _act(unit: str, what: str, *, before: bool, after: bool, **more: Any) -> Act:
    return {"kind": "unit", "target": unit, "what": what, "before": {"is": before}, "after": {"is": after}, **more}


def _is_masked(place: Place, unit: str) -> bool:
    path = place.at(f"{systemd.LINKS}/{unit}")
    return os.path.islink(path) and os.readlink(path) == "/dev/null"


def do(act: Act, place: Place) -> Act:
    """See Kind.do."""
    return {"masked": _do_masked, "enabled": _do_enabled, "active": _do_active}[act["what"]](act, place)


def _ask(place: Place, *words: str) -> str:
    status, said = place.run(["systemctl", *words], 180)
    return f"systemctl {' '.join(words)}: {said[-300:]}" if status else ""


def _reload(place: Place) -> None:
    if systemd.is_running(place):
        place.run(["systemctl", "daemon-reload"], 90)


def _mask(place: Place, unit: str, *, on: bool) -> None:
    path = place.at(f"{systemd.LINKS}/{unit}")
    if on:
        try:
            os.symlink("/dev/null", path)
        except FileExistsError:
            raise Refusal(
                f"{systemd.LINKS}/{unit} is a file of its own: it can't be masked",
                f"{systemd.LINKS}/{unit} est un fichier à part\u00a0: impossible de le masquer",
            ) from None
    elif _is_masked(place, unit):
        os.unlink(path)
    _reload(place)


def _do_masked(act: Act, place: Place) -> Act:
    _mask(place, act["target"], on=act["after"]["is"])
    return act


def _do_enabled(act: Act, place: Place) -> Act:
    _reload(place)
    family = systemd.find_family(place, act["target"])
    before = systemd.read_links(place, family)
    wrong = _ask(place, "enable" if act["after"]["is"] else "disable", "--", act["target"])
    if wrong:
        raise Refusal(wrong)
    return _compare(dict(act, family=family), before, systemd.read_links(place, family))


def _compare(act: Act, before: Mapping[str, str], now: Mapping[str, str]) -> Act:
    made = {path: to for path, to in now.items() if before.get(path) != to}
    taken = {path: to for path, to in before.items() if now.get(path) != to}
    return dict(act, before=dict(act["before"], links=taken), after=dict(act["after"], links=made))


def _do_active(act: Act, place: Place) -> Act:
    unit, on = act["target"], act["after"]["is"]
    _reload(place)
    wrong = _ask(place, "start" if on else "stop", "--", unit)
    shown = systemd.show(place, unit)
    running = shown.get("ActiveState") in systemd.ON
    if on and not running and act.get("awaits"):
        shown, running, wrong = _await(act, place), True, ""
    if wrong and on and running:
        raise Halfway(act, wrong)
    if wrong:
        place.run(["systemctl", "reset-failed", "--", unit], 30)
        raise Refusal(wrong)
    after = {
        "is": on,
        "invocation": shown.get("InvocationID", ""),
        "boot": systemd.boot(place),
        "once": on and not running,
    }
    return dict(act, after=after)


def _await(act: Act, place: Place) -> Dict[str, str]:
    """Start it until it runs, and return what systemd knows of it then."""
    unit, shown = act["target"], {}

    def start() -> bool:
        place.run(["systemctl", "reset-failed", "--", unit], 30)
        _ask(place, "start", "--", unit)
        shown.update(systemd.show(place, unit))
        return shown.get("ActiveState") in systemd.ON

    why = await_start(act["awaits"], start, place)
    if why[0]:
        place.run(["systemctl", "reset-failed", "--", unit], 30)
        raise Refusal(f"{unit} does not start: {why[0]}", f"{unit} ne démarre pas\u00a0: {why[1]}")
    return shown


def look(act: Act, place: Place) -> str:
    """See Kind.look. A run that another began anew still is one: what an undo makes of it is another question."""
    if act["what"] == "enabled":
        return _look_links(act, place)
    if act["what"] == "masked":
        return "after" if _is_masked(place, act["target"]) == act["after"]["is"] else "before"
    if act["after"].get("once"):
        return "after"
    running = systemd.is_on(place, act["target"])
    return "after" if running == act["after"]["is"] else "before"


def _look_links(act: Act, place: Place) -> str:
    now = _read(place, [*act["after"].get("links", {}), *act["before"].get("links", {})])
    for word, other in (("after", "before"), ("before", "after")):
        links = act[word].get("links", {})
        if all(now.get(path) == links.get(path) for path in {*links, *act[other].get("links", {})}):
            return word
    return "moved"


def _read(place: Place, paths: List[str]) -> Dict[str, str]:
    return {path: os.readlink(place.at(path)) for path in paths if os.path.islink(place.at(path))}


def undo(act: Act, place: Place, *, force: bool, dry: bool) -> Undone:
    """See Kind.undo."""
    unit = act["target"]
    if act["what"] == "enabled":
        return _undo_links(act, place, force=force, dry=dry)
    if act["what"] == "masked":
        if look(act, place) != "after" or dry:
            return BACK
        _mask(place, unit, on=act["before"]["is"])
        return BACK if act["before"]["is"] else _start_missed(act, place, [unit])
    if look(act, place) == "before" or act["after"].get("once"):
        return BACK
    if unit in _FLUSHING:
        return _FLUSHES
    if not act["after"]["is"]:
        return _start(act, place, dry=dry)
    return _stop(act, place, force=force, dry=dry)


def _start(act: Act, place: Place, *, dry: bool) -> Undone:
    """Start what the fix stopped, and what systemd stopped along with it and nobody has begun anew since."""
    for unit in (act["target"], *act["before"].get("along", {})):
        if unit != act["target"]:
            shown = systemd.show(place, unit)
            run = shown.get("InvocationID") or act["before"]["along"][unit]  # forgotten where nothing names the unit
            gone = shown.get("LoadState") != "loaded" or act["after"].get("boot") != systemd.boot(place)
            if gone or shown.get("ActiveState") != "inactive" or run != act["before"]["along"][unit]:
                continue
        if dry:
            systemd.pretend(place, unit, on=True)
        wrong = "" if dry else _ask(place, "start", "--", unit)
        if wrong:
            return Undone("stays", (wrong, wrong), f"systemctl start {unit}")
    return BACK


def _stop(act: Act, place: Place, *, force: bool, dry: bool) -> Undone:
    unit, after = act["target"], act["after"]
    shown = systemd.show(place, unit)
    by_hand = f"systemctl stop {unit}"
    if after.get("boot") != systemd.boot(place):
        if not act.get("boots"):
            return BACK  # it was enabled before us: it would run after this boot without us as well
        run = shown.get("InvocationID", "")
        if not (systemd.is_of_start(place, shown) or systemd.is_of_restart(place, unit, run) or force):
            return Undone("moved", _ANEW, by_hand)
    elif systemd.follow(place, unit, after.get("invocation", "")) != shown.get("InvocationID") and not force:
        return Undone("moved", _ANEW, by_hand)
    return _stop_unneeded(place, unit, shown, dry=dry)


def _stop_unneeded(place: Place, unit: str, shown: Dict[str, str], *, dry: bool) -> Undone:
    by_hand = f"systemctl stop {unit}"
    needing = systemd.find_needing(place, shown)
    if needing:
        text: Text = (f"needed by {', '.join(needing)}", f"nécessaire à {', '.join(needing)}")
        return Undone("stays", text, by_hand)
    if dry:
        systemd.pretend(place, unit, on=False)
    wrong = "" if dry else _ask(place, "stop", "--", unit)
    return Undone("stays", (wrong, wrong), by_hand) if wrong else BACK


def _find_started(act: Act, place: Place, links: Mapping[str, str]) -> Dict[str, Dict[str, str]]:
    """Return what this start of the system began because of links of ours alone, and nobody has begun anew since."""
    targets: Dict[str, List[str]] = {}
    for path in links:
        targets.setdefault(os.path.basename(path), []).append(systemd.read_target(path))
    found = {}
    for unit, ours in targets.items() if act.get("boot") not in (None, systemd.boot(place)) else ():
        shown = systemd.show(place, unit)
        if systemd.is_of_start(place, shown) and not systemd.find_wanting(place, shown, but=ours):
            found[unit] = shown
    return found


def _start_missed(act: Act, place: Place, units: Iterable[str]) -> Undone:
    """Start what this start of the system would have begun without us, and nobody has begun since."""
    for unit in units if act.get("boot") not in (None, systemd.boot(place)) else ():
        shown = systemd.show(place, unit)
        missed = shown.get("ActiveState") == "inactive" and not shown.get("InvocationID") and unit not in _OF_RULES
        if missed and systemd.find_wanting(place, shown) and (wrong := _ask(place, "start", "--", unit)):
            return Undone("stays", (wrong, wrong), f"systemctl start {unit}")
    return BACK


def _undo_links(act: Act, place: Place, *, force: bool, dry: bool) -> Undone:
    made, taken = act["after"].get("links", {}), act["before"].get("links", {})
    now = _read(place, [*made, *taken])
    wrong = [path for path in {*made, *taken} if now.get(path) not in (made.get(path), taken.get(path))]
    wrong += [
        path
        for path in taken
        if path not in made and not os.path.islink(place.at(path)) and os.path.lexists(place.at(path))
    ]
    if wrong and not force:
        why = (f"{wrong[0]} was changed since", f"{wrong[0]} a été modifié depuis")
        return Undone("moved", why, f"systemctl {'disable' if act['after']['is'] else 'enable'} {act['target']}")
    ours = {path: to for path, to in made.items() if now.get(path) == to}
    started = _find_started(act, place, ours)
    stays = [
        one for unit, shown in started.items() if (one := _stop_started(place, unit, shown, dry=True)).word != "back"
    ]
    if dry:
        return stays[0] if stays else BACK
    if act["target"].startswith(_OWN) and act["after"]["is"]:
        _ask(place, "stop", "--", act["target"])  # started by a boot since: it would be left without a file
    for path in ours:
        os.unlink(place.at(path))
        _drop_folder(place.at(os.path.dirname(path)))
    for path, to in taken.items():
        if not os.path.lexists(place.at(path)):
            os.makedirs(os.path.dirname(place.at(path)), 0o755, exist_ok=True)
            os.symlink(to, place.at(path))
    _reload(place)
    outs = [_stop_started(place, unit, shown, dry=False) for unit, shown in started.items()]
    outs.append(_start_missed(act, place, [os.path.basename(path) for path in taken]))
    return next((one for one in outs if one.word != "back"), BACK)


def _stop_started(place: Place, unit: str, shown: Dict[str, str], *, dry: bool) -> Undone:
    if unit in _OF_RULES:
        return _FLUSHES
    return _stop_unneeded(place, unit, shown, dry=dry)


def _drop_folder(path: str) -> None:
    if path.endswith((".wants", ".requires", ".upholds")):
        try:
            os.rmdir(path)
        except OSError:
            pass  # others have links in it


def settle(act: Act, place: Place) -> str:
    """See Kind.settle."""
    if act["what"] == "enabled":
        came = _compare(act, act["before"].get("links", {}), systemd.read_links(place, act["family"]))
        if not came["after"]["links"] and not came["before"]["links"]:
            return "void"
        act.update(came)
        return "done"
    if look(act, place) == "before":
        return "void"
    if act["what"] == "active":
        shown = systemd.show(place, act["target"])
        act["after"] = {
            "is": act["after"]["is"],
            "invocation": shown.get("InvocationID", ""),
            "boot": systemd.boot(place),
        }
    return "done"


def show(act: Act, place: Place) -> Show:
    """See Kind.show."""
    words = {
        "masked": {True: "masked", False: "not masked"},
        "enabled": {True: "enabled", False: "disabled"},
        "active": {True: "running", False: "stopped"},
    }[act["what"]]
    return Show(act["target"], words[act["before"]["is"]], words[act["after"]["is"]])
