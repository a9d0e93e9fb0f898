"""What makes a fix count at once: services read their files again, and it is proved that they did.

An effect names a unit or an entry of a table of ours, never a command.
"""

import glob
import os
import re
import time
from typing import Any, Dict, List, Mapping, NamedTuple, Optional, Sequence, Set, Tuple

from . import listener
from .contract import NONE, Text
from .pam_trial import try_pam
from .place import Place
from .systemd import note_restart
from .ufw_chains import find_cut, is_on, read_conf

_PATIENCE = 15.0  # seconds in which a service has to have read its files again
PROGRAMS: Dict[str, Tuple[List[str], str]] = {
    "aliases": (["sh", "-c", "test ! -e /etc/aliases || newaliases"], "newaliases"),
    "audit_rules": (["augenrules", "--load"], "auditctl"),
    "dconf": (["dconf", "update"], "dconf"),
    "exports": (["exportfs", "-ra"], "exportfs"),
    "journal_flush": (["journalctl", "--flush"], ""),
    "samba": (["smbcontrol", "all", "reload-config"], "smbcontrol"),
    "tmpfiles": (["systemd-tmpfiles", "--create"], ""),
    "initramfs": (["update-initramfs", "-u"], "update-initramfs"),
    "ufw": (["ufw", "reload"], "ufw"),
    "udev": (["udevadm", "control", "--reload"], ""),
}
"""What ``load`` may name: what is run, and the program without which there is nothing to load."""
_TESTS: Mapping[str, List[str]] = {
    "ssh": ["/usr/sbin/sshd", "-t"],
    "sshd": ["/usr/sbin/sshd", "-t"],
    "nginx": ["nginx", "-t"],
    "apache2": ["apache2ctl", "configtest"],
    "httpd": ["apachectl", "configtest"],
}
"""What tells whether a service would take its files, before it is asked to."""
EFFECTS = ("reload", "restart", "start", "signal", "daemon_reload", "load", "try")
TRIALS = ("login", "passwords", "history")
_UNIT = re.compile(r"[A-Za-z0-9@_.:-]+\Z")


class Effect(NamedTuple):
    """What became of an effect.

    Attributes:
        name: As it is declared.
        word: ``done``, ``nothing`` (what it is for does not run here), ``failed``.
        why: The reason for ``nothing`` and ``failed``.
        proof: What tells that it is so.
    """

    name: str
    word: str
    why: Text = NONE
    proof: str = ""


def check_effect(effect: Any) -> List[str]:
    """Return what is wrong with an effect as it is declared."""
    if not isinstance(effect, dict):
        return ["a map is wanted"]
    names = [name for name in effect if name not in ("if", "first")]
    if len(names) != 1 or names[0] not in EFFECTS:
        return [f"one of {', '.join(EFFECTS)} is wanted"]
    wrong = [] if effect.get("if", "running") == "running" else ["if: only 'running' is known"]
    wrong += [] if isinstance(effect.get("first", True), bool) else ["first: true or false is wanted"]
    if names[0] == "load":
        return [*wrong, *([] if effect["load"] in PROGRAMS else [f"load: one of {', '.join(PROGRAMS)} is wanted"])]
    if names[0] == "try":
        return [*wrong, *([] if effect["try"] in TRIALS else [f"try: one of {', '.join(TRIALS)} is wanted"])]
    if names[0] == "daemon_reload":
        return [*wrong, *([] if effect["daemon_reload"] is True else ["daemon_reload: true is wanted"])]
    if str(effect[names[0]]).partition(".")[0] == "nftables":
        return [
            *wrong,
            f"{names[0]}: nftables.service flushes the rules of everybody; a spec of nft loads its own table",
        ]
    return [*wrong, *([] if _UNIT.match(str(effect[names[0]])) else [f"{names[0]}: no name of a unit"])]


def run_effects(effects: Sequence[Mapping[str, Any]], place: Place) -> List[Effect]:
    """Run effects, each once, in their order; one that fails does not keep the others."""
    found: List[Effect] = []
    seen: List[Mapping[str, Any]] = []
    for effect in effects:
        if effect not in seen:
            seen.append(effect)
            found.append(run_effect(effect, place))
    return found


def run_effect(effect: Mapping[str, Any], place: Place) -> Effect:
    """Run one effect, and prove it."""
    name = next(one for one in EFFECTS if one in effect)
    target = effect[name]
    words = name if target is True else f"{name} {target}"
    if name == "load":
        return _load(words, str(target), place)
    if name == "try":
        words = "trial of PAM"  # behind the word passwords what is wrong would be hidden, as if it were one
        wrong = try_pam(place, str(target))
        return Effect(words, "failed", wrong) if wrong[0] else Effect(words, "done", NONE, "tried by PAM itself")
    if not os.path.isdir(place.at("/run/systemd/system")) or place.root != "/":
        return Effect(words, "nothing", ("systemd does not run here", "systemd ne tourne pas ici"))
    if name == "daemon_reload":
        return _ask(words, ["systemctl", "daemon-reload"], place)
    unit = _find_unit(str(target), place)
    before = _show(unit, place)
    idle = before.get("ActiveState") not in ("active", "reloading", "activating")
    if idle and name != "start" and (effect.get("if") == "running" or name in ("reload", "signal")):
        return Effect(words, "nothing", ("it does not run", "il ne tourne pas"))
    refused = _test(unit, place)
    if refused[0]:
        return Effect(words, "failed", refused)
    return {"reload": _reload, "restart": _restart, "start": _start, "signal": _signal}[name](
        words, unit, before, place
    )


def _find_unit(name: str, place: Place) -> str:
    """Return the unit; ``ssh`` and ``sshd`` are one under two names."""
    unit = name if re.search(r"\.[a-z]+\Z", name) else name + ".service"
    if unit in ("ssh.service", "sshd.service") and _show(unit, place).get("LoadState") == "not-found":
        return {"ssh.service": "sshd.service", "sshd.service": "ssh.service"}[unit]
    return unit


def _show(unit: str, place: Place) -> Dict[str, str]:
    names = "Id,LoadState,ActiveState,MainPID,InvocationID,CanReload,Result"
    _, said = place.run(["systemctl", "show", "-p", names, "--", unit], 30)
    return dict(line.split("=", 1) for line in said.splitlines() if "=" in line)


def _test(unit: str, place: Place) -> Text:
    words = _TESTS.get(unit.partition(".")[0])
    if words is None:
        return NONE
    status, said = place.run(words, 60)
    if status in (0, 127):
        return NONE
    return f"it would not take its files: {said[-300:]}", f"il refuserait ses fichiers\u00a0: {said[-300:]}"


def _ask(words: str, command: List[str], place: Place) -> Effect:
    status, said = place.run(command, 120)
    if status:
        return Effect(
            words, "failed", (f"{' '.join(command)}: {said[-300:]}", f"{' '.join(command)}\u00a0: {said[-300:]}")
        )
    return Effect(words, "done")


def _load(words: str, name: str, place: Place) -> Effect:
    command, program = PROGRAMS[name]
    if name == "audit_rules" and place.root != "/":
        return Effect(
            words, "nothing", ("the kernel is not that of this root", "le noyau n’est pas celui de cette racine")
        )
    if program and place.run(["sh", "-c", f"command -v {program}"], 10)[0]:
        return Effect(words, "nothing", (f"there is no {program} here", f"il n’y a pas de {program} ici"))
    if name == "audit_rules":
        lock = _see_audit(words, place)
        if lock is not None:
            return lock
    cut = find_cut(place) if name == "ufw" and is_on(read_conf(place)) else NONE
    if name == "dconf" and place.restored:
        return _compile_others(words, place)
    return Effect(words, "failed", cut) if cut[0] else _ask(words, command, place)


def _see_audit(words: str, place: Place) -> Optional[Effect]:
    """Return why rules can't be loaded now: the kernel does not answer, or has locked them; None where they can."""
    status, said = place.run(["auditctl", "-s"], 30)
    enabled = re.search(r"(?m)^enabled (\d+)", said)
    if status or enabled is None:
        why = f"no audit subsystem answers: {said[-200:]}", f"aucun sous-système d’audit ne répond\u00a0: {said[-200:]}"
        return Effect(words, "failed", why)
    if _by_hand(place):
        why = (
            "/etc/audit/audit.rules is written by hand, and augenrules would replace it",
            "/etc/audit/audit.rules est écrit à la main, et augenrules le remplacerait",
        )
        return Effect(words, "failed", why)
    if enabled[1] == "2":
        why = (
            "the rules are locked: the next start loads those on disk",
            "les règles sont verrouillées\u00a0: le prochain démarrage charge celles du disque",
        )
        return Effect(words, "nothing", why)
    return None


def _compile_others(words: str, place: Place) -> Effect:
    """Have databases of dconf made anew but those that an undo has just put back."""
    made = [path for path in sorted(glob.glob(place.at("/etc/dconf/db/*"))) if os.path.isdir(path + ".d")]
    for path in made:
        real = path[len(place.root.rstrip("/")) :]
        asked = NONE if real in place.restored else _ask(words, ["dconf", "compile", real, real + ".d"], place).why
        if asked[0]:
            return Effect(words, "failed", asked)
    return Effect(words, "done", NONE, "dconf compile")


def _by_hand(place: Place) -> bool:
    """Tell whether audit.rules holds lines that augenrules did not put there."""
    try:
        with open(place.at("/etc/audit/audit.rules"), encoding="utf-8", errors="replace") as file:
            text = file.read()
    except FileNotFoundError:
        return False
    if "automatically generated" in text.partition("\n")[0]:  # what augenrules begins it with
        return False
    known: Set[str] = set()
    for path in glob.glob(place.at("/etc/audit/rules.d/*.rules")):
        with open(path, encoding="utf-8", errors="replace") as file:
            known.update(line.strip() for line in file)
    return any(line.strip() not in known for line in text.splitlines() if line.strip() and line.strip()[0] != "#")


def _reload(words: str, unit: str, before: Dict[str, str], place: Place) -> Effect:
    pid = int(before.get("MainPID") or 0)
    if before.get("CanReload") == "no":
        return _restart(words, unit, before, place)
    sshd = unit in ("ssh.service", "sshd.service")
    was = listener.see(pid) if sshd else None
    asked = _ask(words, ["systemctl", "reload", "--", unit], place)
    if asked.word == "failed":
        return asked
    if was is not None:
        return _prove_sshd(words, unit, was, place)
    return _prove_active(words, unit, place, "")


def _prove_sshd(words: str, unit: str, was: "listener.Run", place: Place) -> Effect:
    """After HUP the process stays the same: that it was loaded anew tells that it has read its files."""
    ends = time.monotonic() + _PATIENCE
    while time.monotonic() < ends:
        now = listener.see(int(_show(unit, place).get("MainPID") or 0))
        if now.image and now.image != was.image and now.listens:
            return Effect(words, "done", NONE, f"sshd {now.pid} was loaded anew and listens")
        time.sleep(0.02)
    return Effect(words, "failed", ("sshd did not read its files again", "sshd n’a pas relu ses fichiers"))


def _restart(words: str, unit: str, before: Dict[str, str], place: Place) -> Effect:
    asked = _ask(words, ["systemctl", "restart", "--", unit], place)
    if asked.word == "failed":
        return asked
    return _prove_active(words, unit, place, before.get("InvocationID", ""))


def _start(words: str, unit: str, before: Dict[str, str], place: Place) -> Effect:
    asked = _ask(words, ["systemctl", "start", "--", unit], place)
    return asked if asked.word == "failed" else _prove_active(words, unit, place, "")


def _signal(words: str, unit: str, before: Dict[str, str], place: Place) -> Effect:
    return _ask(words, ["systemctl", "kill", "--kill-who=main", "--signal=HUP", "--", unit], place)


def _prove_active(words: str, unit: str, place: Place, old: str) -> Effect:
    """A unit that was started anew has another invocation; one that ran to its end has succeeded."""
    ends = time.monotonic() + _PATIENCE
    now: Dict[str, str] = {}
    while time.monotonic() < ends:
        now = _show(unit, place)
        well = now.get("ActiveState") in ("active", "inactive") and now.get("Result") == "success"
        if well and (not old or now.get("InvocationID") != old):
            note_restart(place, unit, old, now.get("InvocationID", ""))
            return Effect(words, "done", NONE, f"invocation {now.get('InvocationID', '')[:8]}")
        if now.get("ActiveState") == "failed":
            break
        time.sleep(0.05)
    state = f"{now.get('ActiveState')}, {now.get('Result')}"
    return Effect(words, "failed", (f"{unit}: {state} after it", f"{unit}\u00a0: {state} ensuite"))
