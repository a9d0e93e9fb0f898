"""Audit rules: what a spec comes to is a drop-in of ``rules.d``, so that is what is done and undone.

Spec: ``audit_rules: {events: [EVENT, …]}`` traces events, ``{lock: true, failure: NUMBER}`` locks the rules; see
``resolve/audit_rules``.
"""

import ctypes
import os
from typing import Any, Callable, Dict, List, Mapping

from ..contract import Act, Refusal
from ..resolve import audit_rules
from ..sight import Sight
from . import file as files

_LINKS = 40  # as many as the kernel goes through


def resolve(spec: Mapping[str, Any], sight: Sight) -> List[Act]:
    """See Kind.resolve."""
    check = spec["check"]
    if spec.get("lock"):
        path = audit_rules.own_lock(check)
        content = audit_rules.render_lock(check, int(spec.get("failure") or 0), _read_others(path, sight))
    else:
        path, events = audit_rules.own_file(check), [str(one) for one in spec["events"]]
        calls = _Calls(sight) if audit_rules.asks_calls(events) else None
        content = audit_rules.render(
            check, events, lambda one: _see(one, sight), lambda call, arch: bool(calls and calls.knows(call, arch))
        )
    return files.resolve({"path": path, "content": content, "mode": "0600", "owner": "root", "group": "root"}, sight)


def _read_others(own: str, sight: Sight) -> List[str]:
    names = [name for name in sight.names(audit_rules.FOLDER) if name.endswith(".rules") and not name.startswith(".")]
    paths = [f"{audit_rules.FOLDER}/{name}" for name in sorted(names, key=audit_rules.version_order)]
    return [(sight.read(path) or b"").decode("utf-8", "replace") for path in paths if path != own]


def _see(path: str, sight: Sight) -> audit_rules.Seen:
    """See how a path stands."""
    at = sight.place.at
    folder, _, name = path.rpartition("/")
    real = _resolve(folder or "/", at)
    here = real.rstrip("/") + "/" + name if real and os.path.isdir(at(real)) else ""
    end = _resolve(here, at) if here else ""
    there = bool(end) and os.path.lexists(at(end))
    last = end if there else here
    firm = bool(last) and _is_firm(os.path.dirname(last), at)
    seen = audit_rules.Seen(here, last, there and os.path.isdir(at(end)), firm)
    sight.note("place " + path, list(seen))
    return seen


def _is_firm(folder: str, at: Callable[[str], str]) -> bool:
    """Tell whether a folder and all above it are root's, and nobody else may write them."""
    while True:
        one = os.lstat(at(folder))
        if one.st_uid not in (0, os.geteuid()) or one.st_mode & 0o022:
            return False
        if folder == "/":
            return True
        folder = os.path.dirname(folder)


def _resolve(path: str, at: Callable[[str], str]) -> str:
    """Return a path with its links resolved; ``""`` for a loop. A link begins anew at the root that is changed."""
    for _ in range(_LINKS):
        parts = path.strip("/").split("/")
        for number in range(1, len(parts) + 1):
            here = "/" + "/".join(parts[:number])
            if os.path.islink(at(here)):
                path = os.path.join(os.path.dirname(here), os.readlink(at(here)), *parts[number:])
                break
        else:
            return os.path.normpath(path)
    return ""


class _Calls:
    """The system calls of this machine, as auditctl has them: it refuses a rule with another one."""

    def __init__(self, sight: Sight) -> None:
        try:
            self._library: Any = ctypes.CDLL("libaudit.so.1")
            machines = {arch: int(self._library.audit_determine_machine(arch.encode())) for arch in ("b64", "b32")}
        except (OSError, AttributeError):
            machines = {}
        if not any(number >= 0 for number in machines.values()):
            raise Refusal(
                "which system calls there are is not known: libaudit is missing, or does not know this machine",
                "les appels système de cette machine sont inconnus\u00a0: libaudit manque, ou l’ignore",
            )
        self._machines: Dict[str, int] = machines
        self._sight = sight

    def knows(self, call: str, arch: str) -> bool:
        """Tell whether a system call is one of this machine."""
        machine = self._machines[arch]
        known = machine >= 0 and self._library.audit_name_to_syscall(call.encode(), machine) >= 0
        self._sight.note(f"call {arch} {call}", known)
        return bool(known)
