"""How a thing stands that a change may touch: a path, a unit of systemd, a kernel setting, the packages, the rules."""

import base64
import glob
import hashlib
import os
import pwd
import re
import stat
from typing import Any, Dict, Iterable, Iterator, List

from .place import Refusal, run

_KINDS = {stat.S_IFREG: "file", stat.S_IFDIR: "directory", stat.S_IFLNK: "link"}
_PROGRAMS = ("/bin", "/sbin", "/usr/bin", "/usr/sbin", "/usr/local/bin", "/usr/local/sbin", "/tmp")  # noqa: S108
XATTRS = ("system.posix_acl", "security.capability", "security.selinux", "user.")
"""Beginnings of the extended attributes that are kept; ACLs are among them."""


def expand(patterns: Iterable[str]) -> Iterator[str]:
    """Yield the paths that absolute paths and patterns name; a path that is none of a pattern need not exist.

    What a template gives may be several, each on a line of its own.
    """
    for pattern in [line for lines in patterns for line in lines.splitlines()]:
        if not pattern.startswith("/"):
            raise Refusal(f"{pattern!r} is no absolute path")
        if any(sign in pattern for sign in "*?["):
            yield from sorted(glob.glob(pattern))
        else:
            yield os.path.normpath(pattern)


def expand_units(patterns: Iterable[str]) -> List[str]:
    """Return the names of the units of systemd that names and patterns stand for; a name need not be one of a unit.

    What a template gives may be several, each on a line of its own.
    """
    names: List[str] = []
    wanted: List[str] = []
    for pattern in [line for lines in patterns for line in lines.splitlines()]:
        (wanted if any(sign in pattern for sign in "*?[") else names).append(pattern)
    for listing in (["list-unit-files"], ["list-units", "--all"]) if wanted else ():
        _, said = run(["systemctl", *listing, "--plain", "--no-legend", "--full", "--", *wanted])
        names += [line.split()[0] for line in said.splitlines() if line.strip()]
    # What a template makes has a unit, the template itself has not.
    return sorted({name for name in names if "@." not in name})


def list_homes() -> List[str]:
    """Return the homes of people that are there: those that accounts have, and what else lies in /home."""
    homes = {os.path.normpath(one.pw_dir) for one in pwd.getpwall() if 1000 <= one.pw_uid < 60000}
    homes.update(glob.glob("/home/*"))
    return sorted(path for path in homes if path.startswith("/") and path != "/" and os.path.isdir(path))


def list_set_uid() -> List[str]:
    """Return the set-uid programs below the folders that osquery's table ``suid_bin`` searches."""
    found = set()
    for top in _PROGRAMS:
        for where, _, files in os.walk(os.path.realpath(top)):
            for name in files:
                path = os.path.join(where, name)
                try:
                    mode = os.lstat(path).st_mode
                except OSError:
                    continue  # gone since
                if stat.S_ISREG(mode) and mode & stat.S_ISUID:
                    found.add(path)
    return sorted(found)


def see_path(path: str) -> Dict[str, Any]:
    """Return how a path stands: kind of thing, owner, mode, time, extended attributes."""
    try:
        found = os.lstat(path)
    except (FileNotFoundError, NotADirectoryError):
        return {"kind": "path", "path": path, "type": "absent"}
    entry: Dict[str, Any] = {
        "kind": "path",
        "path": path,
        "type": _KINDS.get(stat.S_IFMT(found.st_mode), "other"),
        "mode": stat.S_IMODE(found.st_mode),
        "uid": found.st_uid,
        "gid": found.st_gid,
        "mtime": found.st_mtime_ns,
        "place": os.path.realpath(os.path.dirname(path)),
        "xattrs": {},
    }
    if entry["type"] == "link":
        entry["target"] = os.readlink(path)
        return entry
    try:
        for name in os.listxattr(path, follow_symlinks=False):
            if name.startswith(XATTRS):
                value = os.getxattr(path, name, follow_symlinks=False)
                entry["xattrs"][name] = base64.b64encode(value).decode()
    except OSError:
        pass  # a file system without them
    return entry


def hash_file(path: str) -> str:
    """Return the SHA-256 of a file."""
    digest = hashlib.sha256()
    with open(path, "rb") as file:
        for block in iter(lambda: file.read(1 << 20), b""):
            digest.update(block)
    return digest.hexdigest()


def describe(path: str) -> List[Any]:
    """Return what tells whether a path was changed since."""
    found = see_path(path)
    words = [found["type"], found.get("mode"), found.get("uid"), found.get("gid"), found.get("target", "")]
    return [*words, hash_file(path) if found["type"] == "file" else ""]


def see_unit(name: str) -> Dict[str, Any]:
    """Return whether a unit is enabled (in the words of ``systemctl is-enabled``) and whether it is active."""
    _, said = run(["systemctl", "is-enabled", "--", name])
    enabled = said.splitlines()[-1] if said else ""
    if not re.match(r"[a-z-]+\Z", enabled):
        enabled = "not-found"
    active, _ = run(["systemctl", "is-active", "--quiet", "--", name])
    return {"kind": "unit", "name": name, "enabled": enabled, "active": active == 0}


def sysctl_path(name: str) -> str:
    """Return the file of a kernel setting."""
    if not re.match(r"[A-Za-z0-9_.*/:@-]+\Z", name) or ".." in name:
        raise Refusal(f"{name!r} is no kernel setting")
    first = re.search("[./]", name)  # as in sysctl.d(5): after a slash a dot is part of a name, as that of eth0.10
    return "/proc/sys/" + (name if first and first[0] == "/" else name.replace(".", "/"))


def expand_sysctls(names: Iterable[str]) -> Iterator[str]:
    """Yield the kernel settings that names and patterns (``net.ipv4.conf.*.rp_filter``) name."""
    for name in names:
        if "*" in name:
            yield from (path[len("/proc/sys/") :] for path in sorted(glob.glob(sysctl_path(name))))
        else:
            yield name


def see_sysctl(name: str) -> Dict[str, Any]:
    """Return the value of a kernel setting; None where there is none."""
    try:
        with open(sysctl_path(name)) as file:
            return {"kind": "sysctl", "name": name, "value": file.read().strip()}
    except OSError:
        return {"kind": "sysctl", "name": name, "value": None}


def uses_dpkg() -> bool:
    """Tell whether packages are dpkg's; else they are rpm's."""
    return os.path.exists("/var/lib/dpkg/status")


def list_packages() -> List[str]:
    """Return the names of the packages that are installed."""
    if uses_dpkg():
        _, said = run(["dpkg-query", "-W", "-f", "${db:Status-Abbrev} ${binary:Package}\n"])
        return sorted(line[4:].strip() for line in said.splitlines() if line[1:2] == "i")
    status, said = run(["rpm", "-qa", "--qf", "%{NAME}\n"])
    return sorted(set(said.splitlines())) if status == 0 else []


def list_rules() -> str:
    """Return the rules of nftables, without counters; ``""`` where it is not installed."""
    status, rules = run(["nft", "--stateless", "list", "ruleset"])
    if status == 127:
        return ""
    if status:
        raise Refusal(f"the rules of nftables can't be read: {rules[:200]}")
    return rules


def split_rules(rules: str) -> Dict[str, str]:
    """Return the tables of a ruleset by family and name; what stands between them (warnings) is left out."""
    return {found[1]: found[0] for found in re.finditer(r"(?ms)^table (\w+ \S+) \{.*?^\}$", rules)}
