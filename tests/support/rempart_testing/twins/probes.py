"""How things stand on a host, each by name: files, fields of accounts, packages, units, settings, tables.

Runs on the host itself, with its own Python and nothing else.
"""

from __future__ import annotations

import glob
import hashlib
import os
import re
import stat
import subprocess
from collections.abc import Iterable
from typing import Any

_FIELDS = {
    "passwd": ("password", "uid", "gid", "gecos", "home", "shell"),
    "shadow": ("password", "lastday", "min", "max", "warn", "inactive", "expire"),
    "group": ("password", "gid", "members"),
    "gshadow": ("password", "admins", "members"),
}
_TYPES = (".service", ".timer", ".socket", ".path")
_OWN = re.compile(r"(systemd-(?!ask-password-wall)|user@|user-|run-|modprobe@|dbus|e2scrub|fstrim|getty|ldconfig)")
"""Units of the system itself, which run at the start, or for a moment."""
_FLEETING = re.compile(r"net/(netfilter/nf_conntrack_count|ipv4/tcp_fastopen_key|.*stable_secret)")


def ask(*words: str) -> str:
    """Return what a program says; ``""`` where there is none."""
    try:
        return subprocess.run(words, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, check=False).stdout
    except OSError:
        return ""


def probe(names: Iterable[str]) -> dict[str, Any]:
    """Return how some things stand: only these are looked at. What is not there is left out."""
    wanted = set(names)
    found: dict[str, Any] = {name: see_path(name) for name in wanted if name.startswith("/")}
    if any("[" in name for name in wanted):
        found.update(see_accounts())
    if any(name.startswith(("package ", "mark ")) for name in wanted):
        found.update(see_packages())
    units = [name.split()[1] for name in wanted if name.startswith("unit ")]
    if units:
        found.update(see_units(units))
    found.update({name: read_setting(name[4:]) for name in wanted if name.startswith("net ")})
    if any(name.startswith("nft ") for name in wanted):
        found.update(see_tables())
    return {name: value for name, value in found.items() if value is not None and _is_wanted(name, wanted)}


def _is_wanted(name: str, wanted: set[str]) -> bool:
    return name in wanted or any(name.startswith((one + ".", one + " ")) for one in wanted if "[" in one)


def see_all(paths: Iterable[str]) -> dict[str, Any]:
    """Return how everything stands, and of files those that are named."""
    found: dict[str, Any] = {path: see_path(path) for path in paths}
    for path in glob.glob("/proc/sys/net/**", recursive=True):
        name = path[len("/proc/sys/") :]
        if os.path.isfile(path) and not _FLEETING.match(name):
            found["net " + name] = read_setting(name)
    for more in (see_accounts(), see_packages(), see_units([]), see_tables()):
        found.update(more)
    return {name: value for name, value in found.items() if value is not None}


def see_path(path: str) -> dict[str, Any] | None:
    """Return how a path stands; times and sizes of folders do not count."""
    try:
        found = os.lstat(path)
    except (FileNotFoundError, NotADirectoryError):
        return None
    state: dict[str, Any] = {"mode": found.st_mode, "owner": [found.st_uid, found.st_gid]}
    if stat.S_ISLNK(found.st_mode):
        state["to"] = os.readlink(path)
    elif stat.S_ISREG(found.st_mode):
        with open(path, "rb") as file:
            data = file.read()
        state["content"] = data.decode() if len(data) < 2000 and data.isascii() else hashlib.sha256(data).hexdigest()
    if not stat.S_ISLNK(found.st_mode):
        names = [name for name in os.listxattr(path) if name.startswith(("system.posix_acl", "security.", "user."))]
        state["xattrs"] = {name: os.getxattr(path, name).hex() for name in names}
    return state


def see_accounts() -> dict[str, Any]:
    """Return each field of each line, members one by one: their order counts for nobody."""
    found: dict[str, Any] = {}
    for file, fields in _FIELDS.items():
        with open("/etc/" + file) as opened:
            lines = opened.read().splitlines()
        for line in lines:
            name, *values = line.split(":")
            found[f"{file}[{name}]"] = found.get(f"{file}[{name}]", 0) + 1
            for field, value in zip(fields, values, strict=False):
                if field == "members":
                    found.update({f"{file}[{name}].members {one}": True for one in value.split(",") if one})
                else:
                    found[f"{file}[{name}].{field}"] = value
    return found


def see_packages() -> dict[str, Any]:
    """Return status and version of each package, and which came for others' sake."""
    said = ask("dpkg-query", "-W", "-f", "${Package} ${db:Status-Abbrev} ${Version}\n")
    found: dict[str, Any] = {}
    for name, *rest in (line.split() for line in said.splitlines()):
        if rest[0] != "un":
            found["package " + name] = rest
    found.update({"mark " + name: "auto" for name in ask("apt-mark", "showauto").split()})
    return {name: one for name, one in found.items() if name.startswith("package ") or "package" + name[4:] in found}


def see_units(names: Iterable[str]) -> dict[str, Any]:
    """Return what is known of units: some, or all that are loaded."""
    words = list(names) or ["*"]
    options = ["-p", "Id,LoadState,ActiveState,UnitFileState,NeedDaemonReload"]
    found = {}
    for part in ask("systemctl", "show", *options, "--", *words).split("\n\n"):
        shown = dict(line.split("=", 1) for line in part.splitlines() if "=" in line)
        name = shown.pop("Id", "")
        # one that somebody only asked for is loaded for a while, and says nothing
        said = {
            "active": shown.get("ActiveState"),
            "enabled": shown.get("UnitFileState"),
            "stale": shown.get("NeedDaemonReload"),
        }
        if name.endswith(_TYPES) and not _OWN.match(name) and (names or said["active"] != "inactive"):
            found["unit " + name] = said
    if not names:
        for line in ask("systemctl", "list-unit-files", "--no-legend", "--plain").splitlines():
            name, state = line.split()[:2]
            if name.endswith(_TYPES):
                found["file of " + name] = state
    return found


def read_setting(name: str) -> str | None:
    """Return a setting of the kernel."""
    try:
        with open(os.path.join("/proc/sys", name)) as file:
            return " ".join(file.read().split())
    except OSError:
        return None


def see_tables() -> dict[str, Any]:
    """Return the text of each table of nftables."""
    found = {}
    for text in re.split(r"(?m)^(?=table )", ask("/usr/sbin/nft", "--stateless", "list", "ruleset")):
        words = text.split()
        if words[:1] == ["table"]:
            found[f"nft {words[1]} {words[2]}"] = text
    return found
