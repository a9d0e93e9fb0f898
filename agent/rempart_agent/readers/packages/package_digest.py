"""What package managers know of single files: their package, their digest, their mode.

Source: dpkg's ``/var/lib/dpkg/info/*.md5sums``, and rpm's database. Who can write these can change what they say: they
are as true as root is.
"""

from typing import Dict, Iterable, List, NamedTuple, Set, Tuple

from rempart_agent.source.contract import Missing
from rempart_agent.source.target import Target

_DPKG = ("/var/lib/dpkg/info", "/var/lib/dpkg/status.d")
_MERGED = ("bin/", "sbin/", "lib/", "lib32/", "lib64/", "libx32/")
# Where no package of Debian's puts a file (its Policy, 9.1): to look for them there would cost reading every list.
_NOT_PACKAGED = ("/usr/local/", "/tmp/", "/var/tmp/", "/home/", "/root/", "/dev/")  # noqa: S108 - nothing is put there
_FIRST = frozenset(
    (
        *("at", "bsdutils", "bubblewrap", "cron", "cifs-utils", "dbus", "exim4-daemon-light", "fuse", "fuse3"),
        *("iputils-ping", "libpam-modules", "libpam-modules-bin", "login", "mount", "nfs-common"),
        *("ntfs-3g", "opendoas", "openssh-client", "openssh-server", "passwd", "pkexec", "policykit-1"),
        *(
            "polkitd",
            "postfix",
            "ppp",
            "screen",
            "snapd",
            "sudo",
            "sudo-rs",
            "uidmap",
            "util-linux",
            "util-linux-extra",
        ),
    )
)
"""Packages of Debian with programs that give rights: what is asked for is found in them, and no other one is read."""
_RPM_ALGORITHMS = {1: "md5", 8: "sha256", 10: "sha512"}


class Known(NamedTuple):
    """What a package says of one of its files.

    Attributes:
        package: Its name.
        algorithm: ``md5``, ``sha256``, ``sha512``; ``""`` for one that is not known here.
        digest: In hexadecimal; ``""`` where the package has none of this file.
        mode: The permission bits with which it is installed; -1 where the package manager does not say.
    """

    package: str
    algorithm: str
    digest: str
    mode: int = -1


class Packages(NamedTuple):
    """What is known of files, and by whom.

    Attributes:
        files: By path.
        managers: The package managers that were asked: ``dpkg``, ``rpm``.
    """

    files: Dict[str, Known]
    managers: List[str]


def look_up(target: Target, paths: Iterable[str]) -> Packages:
    """Return what the package managers of a target know of files.

    Args:
        target: What is looked at.
        paths: The files.

    Raises:
        Malformed: a database is damaged.
    """
    wanted = set(paths)
    files: Dict[str, Known] = {}
    managers = []
    if _dpkg(target, wanted, files):
        managers.append("dpkg")
    if _rpm(target, wanted, files):
        managers.append("rpm")
    return Packages(files, managers)


_FEW = 6  # names, or folders of them, that are looked for in a whole file before its lines are told apart


def _marks(names: Dict[bytes, str], before: bytes) -> List[bytes]:
    """Return texts of which a file has at least one where it has one of the names, each with ``before`` before it.

    They are found faster than lines are told apart. There are none where they would be too many, or too short.
    """
    folders = {name[: name.rfind(b"/") + 1] for name in names}
    few = names if len(names) <= _FEW else folders
    return [before + name for name in few] if len(few) <= _FEW and all(few) else []


_MOST_KEPT = 4 * 1024 * 1024


class _Contents:
    """Content of dpkg's files of digests, the first megabytes of it kept: one program is asked for after the other."""

    def __init__(self) -> None:
        self._kept: Dict[str, bytes] = {}
        self._size = 0

    def read(self, target: Target, path: str) -> bytes:
        """Return the content of a file."""
        data = self._kept.get(path)
        if data is None:
            data = target.read(path)
            if self._size + len(data) <= _MOST_KEPT:
                self._size += len(data)
                self._kept[path] = data
        return data


def _sums(target: Target) -> List[Tuple[int, str]]:
    """Return the sizes and paths of dpkg's files of digests: the likely ones first, then the small ones.

    Programs seldom belong to packages of many files.
    """
    found: List[Tuple[int, str]] = []
    for folder in _DPKG:
        try:
            entries = target.statuses(folder, ".md5sums")
        except Missing:
            continue
        found += [(status.st_size, "{}/{}".format(folder, name)) for name, _, status in entries if status]
    return sorted(found, key=lambda one: (_package(one[1]) not in _FIRST, one))


def _package(path: str) -> str:
    """Return the package of one of dpkg's files: ``…/sudo.list``, ``…/libc6:amd64.md5sums``."""
    return path.rpartition("/")[2].rpartition(".")[0].partition(":")[0]


def _dpkg(target: Target, wanted: Set[str], files: Dict[str, Known]) -> bool:
    wanted = {path for path in wanted if not path.startswith(_NOT_PACKAGED)}
    names: Dict[bytes, str] = {}
    for path in wanted:
        name = path[1:]
        names[name.encode("utf-8", "surrogateescape")] = path
        if name.startswith("usr/") and name[4:].startswith(
            _MERGED
        ):  # as packages had it before the folders were merged
            names.setdefault(name[4:].encode("utf-8", "surrogateescape"), path)
    there = False
    contents: _Contents = target.shared("dpkg contents", _Contents)
    marks, count = _marks(names, b"  "), len(set(names.values()))
    for size, path in target.shared("dpkg digests", lambda: _sums(target)):
        there = True
        if len(files) == count:
            break
        data = contents.read(target, path) if size else b""
        if marks and not any(mark in data for mark in marks):
            continue
        for line in data.split(b"\n"):
            wanted_path = names.get(line[34:], "")
            if wanted_path and line[32:34] == b"  ":
                files[wanted_path] = Known(_package(path), "md5", line[:32].decode("ascii", "replace"))
    rest = {name: path for name, path in names.items() if path not in files}
    return bool(rest and _listed(target, rest, files)) or there


def _listed(target: Target, names: Dict[bytes, str], files: Dict[str, Known]) -> bool:
    """Note the packages of files of which dpkg keeps no digest; tell whether it keeps lists of files at all."""
    there = False
    try:
        listed = target.listdir(_DPKG[0])
    except Missing:
        return False
    lines, missing = {b"/" + name: path for name, path in names.items()}, set(names.values())
    for file in sorted(listed, key=lambda name: _package(name) not in _FIRST):
        if not file.endswith(".list"):
            continue
        there = True
        if not missing:
            break
        data = target.read("{}/{}".format(_DPKG[0], file))
        for path in {lines[line] for line in lines.keys() & data.split(b"\n")}:
            files.setdefault(path, Known(_package(file), "", ""))
            missing.discard(path)
    return there


def _rpm(target: Target, wanted: Set[str], files: Dict[str, Known]) -> bool:
    from rempart_agent.formats import rpm_header
    from rempart_agent.readers.packages import rpm_database

    folders = {path.rpartition("/")[0] + "/" for path in wanted}
    there = False
    for blob in rpm_database.blobs(target):
        there = True
        package = rpm_header.Files(blob)
        if folders.isdisjoint(package.folders):
            continue
        for path, digest, mode in package.files(folders):
            if path in wanted:
                files[path] = Known(package.name, _RPM_ALGORITHMS.get(package.algorithm, ""), digest, mode & 0o7777)
    return there
