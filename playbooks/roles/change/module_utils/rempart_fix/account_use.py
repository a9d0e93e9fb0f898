"""What uses an account or a group, which is then not removed: processes, logins, files, other accounts."""

import glob
import os
import re
from contextlib import closing
from typing import List

from .contract import NONE, Text
from .entries import members
from .place import Place

_MADE_UP = re.compile(
    r"(proc|sysfs|cgroup2?|devpts|devtmpfs|mqueue|debugfs|tracefs|securityfs|pstore|bpf|efivarfs|configfs|hugetlbfs|"
    r"fusectl|binfmt_misc|autofs|nsfs|rpc_pipefs|squashfs|iso9660)\Z"
)
_ELSEWHERE = re.compile(r"(nfs4?|cifs|smb3|ceph|glusterfs|9p|afs|fuse\..*)\Z")
_LASTLOG = 292
_LOGIN = re.compile(r"/user[.]slice/|/sshd?(@[^/]*)?[.]service(/|$)", re.MULTILINE)


def find_use_of_account(place: Place, name: str, uid: int) -> Text:
    """Return what uses an account, as a sentence; ``NONE`` for nothing."""
    if process := _find_process(uid, group=False):
        return f"process {process} runs as {name}", f"le processus {process} tourne sous {name}"
    if record := _find_login(place, name, uid):
        return f"{name} has logged in, by {record}", f"{name} s’est connecté, d’après {record}"
    return _find_file(place, "-uid", uid, name)


def find_member(name: str, gid: str, passwd: str, listed: str) -> Text:
    """Return who is in a group, as a sentence; ``NONE`` for nobody."""
    rows = [line.split(":") for line in passwd.splitlines()]
    primary = next((row[0] for row in rows if len(row) > 3 and row[3] == gid), "")
    if primary:
        return f"{name} is the primary group of {primary}", f"{name} est le groupe principal de {primary}"
    if members(listed):
        return f"{name} has members: {listed}", f"{name} a des membres\u00a0: {listed}"
    return NONE


def find_use_of_group(place: Place, name: str, gid: int) -> Text:
    """Return what uses a group without being in it, as a sentence; ``NONE`` for nothing."""
    if process := _find_process(gid, group=True):
        return f"process {process} runs with group {name}", f"le processus {process} tourne avec le groupe {name}"
    return _find_file(place, "-gid", gid, name)


def _find_process(number: int, *, group: bool) -> int:
    """Return a process that runs with an id.

    A login is given all groups of its account, and loses nothing where one of them goes: what ends with it holds none
    (the connection by which an undo is asked for is one).
    """
    for path in glob.glob("/proc/[0-9]*/status"):
        try:
            with open(path) as file:
                lines = {words[0]: words[1:] for words in map(str.split, file) if words}
            beside = group and str(number) in lines.get("Groups:", ())
            if str(number) in lines.get("Gid:" if group else "Uid:", ()) or (beside and not _is_login(path)):
                return int(path.split("/")[2])
        except OSError:
            continue  # ended since
    return 0


def _is_login(path: str) -> bool:
    """Tell whether a process is of somebody's login, by its control group: logind's, or sshd's where there is none."""
    with open(os.path.join(os.path.dirname(path), "cgroup")) as file:
        return any(_LOGIN.search(line) for line in file)


def _find_login(place: Place, name: str, uid: int) -> str:
    import sqlite3

    for path in (f"/run/systemd/users/{uid}", f"/var/lib/systemd/linger/{name}"):
        if os.path.exists(place.at(path)):
            return path
    try:
        with open(place.at("/var/log/lastlog"), "rb") as file:
            file.seek(uid * _LASTLOG)
            if file.read(_LASTLOG).strip(b"\0"):
                return "/var/log/lastlog"
    except OSError:
        pass
    for path in sorted(glob.glob(place.at("/var/log/wtmp*")) + glob.glob(place.at("/run/utmp"))):
        try:
            with open(path, "rb") as file:
                if b"\0" + name.encode() + b"\0" in file.read():
                    return path
        except OSError:
            continue
    for path, question in (
        ("/var/lib/lastlog/lastlog2.db", "SELECT 1 FROM Lastlog2 WHERE Name = ? AND Time > 0"),
        ("/var/lib/wtmpdb/wtmp.db", "SELECT 1 FROM wtmp WHERE User = ?"),
        ("/var/log/wtmp.db", "SELECT 1 FROM wtmp WHERE User = ?"),
    ):
        if os.path.exists(place.at(path)):
            with closing(sqlite3.connect(f"file:{place.at(path)}?mode=ro", uri=True)) as database:
                if database.execute(question, (name,)).fetchone():
                    return path
    return ""


def _list_mounts(place: Place) -> List[str]:
    if place.root != "/":
        return ["/"]
    found = []
    with open("/proc/self/mountinfo") as file:
        for line in file:
            words = line.split()
            kind = words[words.index("-") + 1]
            if not _MADE_UP.match(kind) and not _ELSEWHERE.match(kind):
                found.append(re.sub(r"\\(\d{3})", lambda m: chr(int(m[1], 8)), words[4]))
    return found


def _find_file(place: Place, option: str, number: int, name: str) -> Text:
    words = ["find", *_list_mounts(place), "-xdev", option, str(number), "-print", "-quit"]
    status, said = place.run(words, 60)
    paths = [line for line in said.splitlines() if line.startswith("/")]
    if paths:
        return f"{paths[0]} is {name}’s", f"{paths[0]} appartient à {name}"
    if status in (124, 127):
        return (
            f"whether files are {name}’s was not found out: {said}",
            f"on ignore si {name} possède des fichiers\u00a0: {said}",
        )
    return NONE
