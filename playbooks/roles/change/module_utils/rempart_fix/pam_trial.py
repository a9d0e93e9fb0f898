"""A login and a change of password, tried by PAM itself in mounts of our own: ``/etc`` is a copy there.

The copy has an account more. The accounts of the host are untouched, and nothing is left of the trial. What is asked
is libpam (pam_start(3), pam_authenticate(3), pam_chauthtok(3)), with the real uid of the account, so that modules
treat it as a person.
"""

import ctypes
import ctypes.util
import json
import os
import secrets
import select
import signal
import time
from typing import Any, Dict, List, Optional

from .contract import NONE, Text
from .place import Place

NAME = "rempart-trial"
WEAK = ("password", "12345678", "qwertyuiop", f"{NAME}1")
_SIGNS = ("bcdfghjkmnpqrstvwxz", "BCDFGHJKLMNPQRSTVWXZ", "2345679", "+-=_!")
_SECONDS = 60
_NEWNS = 0x20000
_ECHO_OFF, _ECHO_ON = 1, 2
_HIDDEN = ("/run", "/var/lib/sss/pipes")
"""What a login would write to, or be answered by, outside ``/etc``: empty for the trial, where it is there."""


def try_pam(place: Place, what: str) -> Text:
    """Try a login, and what else is asked for; return what is wrong.

    Args:
        place: Of the change.
        what: ``login`` alone, ``passwords`` (weak ones are refused, too), or ``history`` (the old one is, too).
    """
    reader, writer = os.pipe()
    child = os.fork()
    if not child:
        os.close(reader)
        answer: Dict[str, Any] = {"wrong": ["the trial broke off", "l’essai s’est interrompu"]}
        try:
            answer = {"wrong": list(_try(place, what))}
        except Exception as error:  # noqa: BLE001  # whatever it is, the parent is told
            answer = {"wrong": [f"the trial can't be made: {error}", f"l’essai est impossible\u00a0: {error}"]}
        finally:
            os.write(writer, json.dumps(answer).encode())
            os._exit(0)
    os.close(writer)
    try:
        return _wait(child, reader)
    finally:
        os.close(reader)


def _wait(child: int, reader: int) -> Text:
    data, until = b"", time.monotonic() + _SECONDS
    while time.monotonic() < until:
        if select.select([reader], [], [], 1)[0]:
            block = os.read(reader, 65536)
            if not block:
                break
            data += block
    else:
        os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    try:
        en, fr = json.loads(data.decode())["wrong"]
    except ValueError:
        return f"the trial did not end in {_SECONDS} s", f"l’essai n’a pas pris fin en {_SECONDS} s"
    return en, fr


# What is told ends with the word password: whatever follows it would be hidden, as if it were one.
def _try(place: Place, what: str) -> Text:
    """Run in a child of its own: what is mounted here nobody else sees."""
    libpam = ctypes.CDLL(ctypes.util.find_library("pam") or "libpam.so.0", use_errno=True)
    libcrypt = ctypes.CDLL(ctypes.util.find_library("crypt") or "libcrypt.so.1")
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(_NEWNS):
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    _mount(["--make-rprivate", "/"])
    if place.root != "/":
        os.chroot(place.root)
        os.chdir("/")
    _copy_etc()
    good = _make_password()
    uid = _add_account(_hash(libcrypt, good))
    service = next((name for name in ("sshd", "login", "other") if os.path.exists(f"/etc/pam.d/{name}")), "other")
    if _ask(libpam, service, [good]) != 0:
        return f"{service} refuses the right password", f"{service} refuse le bon mot de passe"
    if _ask(libpam, service, [_make_password()]) == 0:
        return f"{service} accepts a wrong password", f"{service} accepte un mauvais mot de passe"
    if what == "login":
        return NONE
    os.setresuid(uid, 0, 0)
    for weak in WEAK if what == "passwords" else ():
        if _ask(libpam, "passwd", [good, weak], change=True) == 0:
            return "a weak word is accepted as a password", "un mot faible est accepté comme mot de passe"
    new = _make_password()
    if _ask(libpam, "passwd", [good, new], change=True) != 0:
        return "PAM refuses even a strong new password", "même fort, PAM refuse un nouveau mot de passe"
    if what == "history" and _ask(libpam, "passwd", [new, good], change=True) == 0:
        return "PAM takes again an old password", "PAM reprend un ancien mot de passe"
    os.setresuid(0, 0, 0)
    if _ask(libpam, service, [new]) != 0:
        return "nobody logs in by the new password", "personne ne se connecte avec le nouveau mot de passe"
    return NONE


def _mount(words: List[str]) -> None:
    status, said = Place("trial").run(["mount", *words], 30)
    if status:
        raise OSError(0, f"mount: {said[-200:]}")


def _copy_etc() -> None:
    """Have ``/etc`` of our own, and hide what a login would write to."""
    _mount(["-t", "tmpfs", "-o", "mode=700,size=256m", "tmpfs", "/mnt"])
    status, said = Place("trial").run(["cp", "-a", "/etc", "/mnt/etc"], 60)
    if status:
        raise OSError(0, f"cp: {said[-200:]}")
    _mount(["--bind", "/mnt/etc", "/etc"])
    for path in _HIDDEN:
        if os.path.isdir(path):
            _mount(["-t", "tmpfs", "-o", "mode=755", "tmpfs", path])


def _make_password() -> str:
    """Return a password that every rule of strength takes: no two characters of one class stand side by side."""
    return "".join(secrets.choice(signs) for _ in range(7) for signs in _SIGNS)


def _hash(libcrypt: Any, password: str) -> str:
    libcrypt.crypt.restype = ctypes.c_char_p
    hashed: Optional[bytes] = libcrypt.crypt(password.encode(), b"$6$" + secrets.token_hex(8).encode())
    if not hashed:
        raise OSError(0, "crypt")
    return hashed.decode()


def _add_account(hashed: str) -> int:
    with open("/etc/passwd") as file:
        taken = {line.split(":")[2] for line in file if line.count(":") == 6}
    uid = next(number for number in range(59999, 1000, -1) if str(number) not in taken)
    day = int(time.time()) // 86400 - 10
    with open("/etc/passwd", "a") as file:
        file.write(f"{NAME}:x:{uid}:{uid}::/:/bin/sh\n")
    with open("/etc/shadow", "a") as file:
        file.write(f"{NAME}:{hashed}:{day}:0:99999:7:::\n")
    return uid


class _Message(ctypes.Structure):
    _fields_ = (("style", ctypes.c_int), ("text", ctypes.c_char_p))


class _Response(ctypes.Structure):
    _fields_ = (("text", ctypes.c_void_p), ("code", ctypes.c_int))


_TALK = ctypes.CFUNCTYPE(
    ctypes.c_int,
    ctypes.c_int,
    ctypes.POINTER(ctypes.POINTER(_Message)),
    ctypes.POINTER(ctypes.POINTER(_Response)),
    ctypes.c_void_p,
)


class _Conversation(ctypes.Structure):
    _fields_ = (("talk", _TALK), ("data", ctypes.c_void_p))


def _ask(libpam: Any, service: str, words: List[str], *, change: bool = False) -> int:
    """Authenticate, or change the password; each question gets the next word, and the last one all that come after."""
    libc = ctypes.CDLL(None)
    libc.calloc.restype = ctypes.c_void_p
    libc.strdup.restype = ctypes.c_void_p
    asked = [0]

    def talk(count: int, messages: Any, responses: Any, _: Any) -> int:
        memory = libc.calloc(count, ctypes.sizeof(_Response))
        responses[0] = ctypes.cast(memory, ctypes.POINTER(_Response))
        for number in range(count):
            if messages[number].contents.style in (_ECHO_OFF, _ECHO_ON):
                if asked[0] > 8:
                    return 19  # PAM_CONV_ERR: it asks on and on
                word = words[min(asked[0], len(words) - 1)]
                asked[0] += 1
                responses[0][number].text = libc.strdup(word.encode())
        return 0

    spoken = _Conversation(_TALK(talk), None)
    handle = ctypes.c_void_p()
    status: int = libpam.pam_start(service.encode(), NAME.encode(), ctypes.byref(spoken), ctypes.byref(handle))
    if status == 0:
        libpam.pam_fail_delay(handle, 0)
        status = libpam.pam_chauthtok(handle, 0) if change else libpam.pam_authenticate(handle, 0)
        libpam.pam_end(handle, status)
    return status
