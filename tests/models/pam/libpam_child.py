"""Asks this machine's libpam, in a mount namespace of its own: one case a line on standard input, its answers on standard
output.

Every module of a case stands as ``mN.so`` in its files; here it becomes Debian's ``pam_debug.so``, which returns what its
arguments say. Whether a line is called at all shows by ``incomplete``, on which libpam comes back at once.
"""

from __future__ import annotations

import ctypes
import itertools
import json
import os
import sys
from typing import Any

LIBC = ctypes.CDLL(None, use_errno=True)
PAM = ctypes.CDLL("libpam.so.0")
INCOMPLETE = 31
FOLDERS = ("/etc/pam.d", "/usr/lib/pam.d")
CONVERSATION = ctypes.CFUNCTYPE(
    ctypes.c_int, ctypes.c_int, ctypes.POINTER(ctypes.c_void_p), ctypes.POINTER(ctypes.c_void_p), ctypes.c_void_p
)
LIBC.calloc.restype = ctypes.c_void_p


class Message(ctypes.Structure):
    _fields_ = (("style", ctypes.c_int), ("text", ctypes.c_char_p))


class Conversation(ctypes.Structure):
    _fields_ = (("ask", CONVERSATION), ("data", ctypes.c_void_p))


_said: list[bytes] = []


def _converse(count: int, messages: Any, responses: Any, _data: Any) -> int:
    for number in range(count):
        _said.append(ctypes.cast(messages[number], ctypes.POINTER(Message)).contents.text)
    responses[0] = LIBC.calloc(count, 16)
    return 0


_CONVERSATION = Conversation(CONVERSATION(_converse), None)


def ask(call: str, service: str) -> int:
    """Return what one call of libpam comes to."""
    handle = ctypes.c_void_p()
    _said.clear()
    status = PAM.pam_start(service.encode(), b"somebody", ctypes.byref(_CONVERSATION), ctypes.byref(handle))
    if status == 0:
        status = getattr(PAM, call)(handle, 0)
    PAM.pam_end(handle, status)
    return int(status)


class Case:
    """One case: its files, and what each of its modules may return."""

    def __init__(self, case: dict[str, Any]) -> None:
        self.service = case["service"]
        self.files = case["files"]
        self.modules = case["modules"]
        for folder in FOLDERS:
            if os.path.ismount(folder):
                for name in os.listdir(folder):
                    os.unlink(os.path.join(folder, name))

    def lay(self, auth: dict[str, str], prelim: dict[str, str], update: dict[str, str]) -> None:
        """Write the files, with what each module returns this time."""
        for path, text in self.files.items():
            for module in self.modules:
                line = (
                    f"pam_debug.so auth={auth.get(module, 'success')} "
                    f"prechauthtok={prelim.get(module, 'success')} chauthtok={update.get(module, 'success')}"
                )
                text = text.replace(module, line)
            with open(path, "w", encoding="utf-8", newline="") as file:
                file.write(text)

    def all_of(self, kind: str) -> list[dict[str, tuple[str, list[str]]]]:
        names = list(self.modules)
        return [
            dict(zip(names, ((c, b) for c, b in chosen), strict=True))
            for chosen in itertools.product(*(self.modules[n][kind] for n in names))
        ]

    def auth(self) -> list[dict[str, Any]]:
        """Return every end of the auth stack: success, and the facts of the modules that were called."""
        ends = []
        for chosen in self.all_of("auth"):
            codes = {n: c for n, (c, _) in chosen.items()}
            self.lay(codes, {}, {})
            success = ask("pam_authenticate", self.service) == 0
            facts, unknown = set(), False
            for name, (_, bits) in chosen.items():
                doubtful = name.startswith("u")
                if bits or doubtful:
                    self.lay({**codes, name: "incomplete"}, {}, {})
                    if ask("pam_authenticate", self.service) == INCOMPLETE:
                        facts.update(bits)
                        unknown |= doubtful
            ends.append({"success": success, "facts": sorted(facts), "unknown": unknown})
        return ends

    def password(self) -> list[dict[str, Any]]:
        """Return every end of the password stack's second run: whether a password was set without quality."""
        before = next((p for p in self.all_of("prelim") if self._passes({n: c for n, (c, _) in p.items()})), None)
        if before is None:
            return []
        prelim = {n: c for n, (c, _) in before.items()}
        ends = []
        for chosen in self.all_of("password"):
            codes = {n: c for n, (c, _) in chosen.items()}
            called = {}
            for name, (_, bits) in chosen.items():
                if bits or name.startswith("u"):
                    self.lay({}, prelim, {**codes, name: "incomplete"})
                    if ask("pam_chauthtok", self.service) == INCOMPLETE:
                        called[name] = sum(text.startswith(b"chauthtok=") for text in _said)
            good = min((at for n, at in called.items() if "quality" in chosen[n][1]), default=None)
            sets = [at for n, at in called.items() if "set" in chosen[n][1]]
            ends.append(
                {
                    "skipped": any(good is None or at < good for at in sets),
                    "unknown": any(n.startswith("u") for n in called),
                }
            )
        return ends

    def _passes(self, prelim: dict[str, str]) -> bool:
        self.lay({}, prelim, dict.fromkeys(self.modules, "incomplete"))
        return ask("pam_chauthtok", self.service) == INCOMPLETE


def main() -> None:
    """Hide the machine's own files, then answer until the input ends."""
    for folder in FOLDERS:
        if os.path.isdir(folder) and LIBC.mount(b"none", folder.encode(), b"tmpfs", 0, None) != 0:
            sys.exit(f"{folder}: {os.strerror(ctypes.get_errno())}")
    kept = ctypes.CDLL(next(p for p in sys.argv[1:] if os.path.exists(p)))  # loaded once, not at every call
    print(json.dumps([kept is not None, os.path.ismount(FOLDERS[1])]), flush=True)
    for line in sys.stdin:
        case = Case(json.loads(line))
        print(json.dumps({"auth": case.auth(), "password": case.password()}), flush=True)


if __name__ == "__main__":
    main()
