"""Asks this machine's libpam, in a mount namespace of its own: a case a line on input, its answers a line on output.

Every module of a case stands as ``mN.so`` in its files; here it becomes Debian's ``pam_debug.so``, which returns what
its arguments say. Whether a line is called at all shows by ``incomplete``, on which libpam comes back at once.
"""

from __future__ import annotations

import ctypes
import itertools
import json
import os
import re
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
    _said.extend(ctypes.cast(messages[n], ctypes.POINTER(Message)).contents.text for n in range(count))
    responses[0] = LIBC.calloc(count, 16)
    return 0


_CONVERSATION = Conversation(CONVERSATION(_converse), None)


def ask(call: str, service: str, user: str = "somebody") -> int:
    """Return what one call of libpam comes to."""
    handle = ctypes.c_void_p()
    _said.clear()
    status = PAM.pam_start(service.encode(), user.encode(), ctypes.byref(_CONVERSATION), ctypes.byref(handle))
    if status == 0:
        status = getattr(PAM, call)(handle, 0)
    PAM.pam_end(handle, status)
    return int(status)


class Case:
    """One case: its files, and what each of its modules may return."""

    def __init__(self, case: dict[str, Any]) -> None:
        self.service = case["service"]
        self.user = case.get("user", "somebody")
        self.files = case["files"]
        self.modules = case["modules"]
        for folder in FOLDERS:
            if os.path.ismount(folder):
                for name in os.listdir(folder):
                    os.unlink(os.path.join(folder, name))
        self.parts = {path: re.split(r"\b([mu][0-9]+\.so)", text) for path, text in self.files.items()}
        self.laid: dict[str, str] = {}

    def lay(self, auth: dict[str, str], prelim: dict[str, str], update: dict[str, str]) -> None:
        """Write the files, with what each module returns this time."""
        for path, template in self.parts.items():
            parts = list(template)
            for at in range(1, len(parts), 2):
                code, first, second = (codes.get(parts[at], "success") for codes in (auth, prelim, update))
                parts[at] = f"pam_debug.so auth={code} prechauthtok={first} chauthtok={second}"
            text = "".join(parts)
            if self.laid.get(path) != text:
                with open(path, "w", encoding="utf-8", newline="") as file:
                    file.write(text)
                self.laid[path] = text

    def all_of(self, kind: str) -> list[dict[str, tuple[str, list[str]]]]:
        names = list(self.modules)
        return [
            dict(zip(names, ((c, b) for c, b in chosen), strict=True))
            for chosen in itertools.product(*(self.modules[n][kind] for n in names))
        ]

    def auth(self) -> list[dict[str, Any]]:
        """Return every end of the auth stack: success, and what the modules proved, in the order of calls."""
        ends = []
        for chosen in self.all_of("auth"):
            codes = {n: c for n, (c, _) in chosen.items()}
            self.lay(codes, {}, {})
            success = ask("pam_authenticate", self.service, self.user) == 0
            called: list[tuple[int, list[str]]] = []
            unknown = False
            for name, (_, bits) in chosen.items():
                doubtful = name.startswith("u")
                if bits or doubtful:
                    self.lay({**codes, name: "incomplete"}, {}, {})
                    if ask("pam_authenticate", self.service, self.user) == INCOMPLETE:
                        called.append((len(_said), bits))
                        unknown |= doubtful
            facts = [bits for _, bits in sorted(called)]
            ends.append({"success": success, "facts": facts, "unknown": unknown})
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
