"""What the models of sudo need to know of a target: accounts, the host's name, programs, where rules may come from."""

import stat
import time
from typing import Dict, Hashable, List, Optional, Set, Tuple

from rempart_agent.models import access
from rempart_agent.models.sudo import parser
from rempart_agent.models.sudo.world import Account, World
from rempart_agent.readers.files import account, file_access
from rempart_agent.said import Why
from rempart_agent.source.contract import Loop, Missing, Unfit
from rempart_agent.source.target import Target

_ABSENT = (Missing, Loop)


def world(target: Target) -> World:
    """Return the machine as sudo and doas see it."""
    short, full = _host(target)
    accounts, groups = _accounts(target)
    seen = Files(target)
    return World(
        accounts,
        groups,
        short,
        full,
        time.time(),
        _timeout(target),
        seen.identity,
        seen.resolve,
        seen.list,
        seen.writable,
    )


def _accounts(target: Target) -> Tuple[Dict[str, Account], Dict[str, int]]:
    groups: Dict[str, int] = {}
    first: Dict[int, str] = {}
    members: Dict[str, Set[int]] = {}
    text = target.text(account.GROUP)
    for line in account.entries(text):
        group = account.parse_group(line)
        if group is None or line[0] in "+-":
            continue
        groups.setdefault(group.name, group.gid)
        first.setdefault(group.gid, group.name)
    for group in account.memberships(text):
        for name in group.members:
            members.setdefault(name, set()).add(group.gid)
    found: Dict[str, Account] = {}
    for entry in account.parse_accounts(target.text(account.PASSWD)):
        if entry.name[:1] in ("+", "-", "") or entry.name in found:
            continue
        gids = frozenset({entry.gid} | members.get(entry.name, set()))
        names = frozenset(first[gid] for gid in gids if gid in first)
        found[entry.name] = Account(entry.name, entry.uid, entry.gid, names, gids)
    return found, groups


def _host(target: Target) -> Tuple[str, Optional[str]]:
    """Return the host's short name and its full one as /etc/hosts gives it, None where it does not."""
    name = target.name if target.live else _first_line(target, "/etc/hostname")
    full = name if "." in name else None
    for line in _text(target, "/etc/hosts").split("\n"):
        words = line.partition("#")[0].split()
        if name in words[1:]:
            full = words[1]
            break
    return name.partition(".")[0], full


def _first_line(target: Target, path: str) -> str:
    return _text(target, path).strip().partition("\n")[0].strip()


def _text(target: Target, path: str) -> str:
    try:
        return target.text(path)
    except _ABSENT:
        return ""


def _timeout(target: Target) -> int:
    """Return for how many seconds this build of sudo remembers a password: Debian's 15 minutes, else 5."""
    words = ""
    for line in (_text(target, "/etc/os-release") or _text(target, "/usr/lib/os-release")).split("\n"):
        if line.startswith(("ID=", "ID_LIKE=")):
            words += " " + line.partition("=")[2].strip("\"'")
    return 900 if {"debian", "ubuntu"} & set(words.split()) else 300


def sources(target: Target) -> Tuple[str, List[Tuple[str, str]]]:
    """Return the first file of rules, and what gives rules that can't be seen here, with the reason."""
    unknown: List[Tuple[str, str]] = []
    first = next((p for p in ("/etc/sudoers", "/usr/etc/sudoers") if target.exists(p)), "")
    for path in ("/usr/bin/sudo", "/bin/sudo", "/usr/local/bin/sudo"):
        try:
            if target.realpath(path).rpartition("/")[2].startswith("sudo-rs"):
                unknown.append((path, Why("sudo-rs is another program, whose rules are not evaluated here")))
                break
        except _ABSENT:
            continue
    others = ("/etc/sudoers-rs", "/usr/local/etc/sudoers", "/opt/sudo/etc/sudoers")
    unknown.extend((path, Why("rules of another sudo, not read")) for path in others if target.exists(path))
    for line in _text(target, "/etc/nsswitch.conf").split("\n"):
        key, _, value = line.partition("#")[0].partition(":")
        services = [word for word in value.split() if not word.startswith("[")]
        if key.strip() == "sudoers" and set(services) - {"files"}:
            unknown.append(
                ("/etc/nsswitch.conf", Why("sudo takes rules from {services}", services=", ".join(services)))
            )
    path, plugins = _configured(_text(target, "/etc/sudo.conf"))
    unknown.extend(("/etc/sudo.conf", why) for why in plugins)
    return (path if path and target.exists(path) else "" if path else first), unknown


def policy(target: Target) -> Tuple[Optional[parser.Policy], List[Tuple[str, str]]]:
    """Return what sudo makes of its files, None where there are none, and what gives rules that can't be seen here."""

    def read() -> Tuple[Optional[parser.Policy], List[Tuple[str, str]]]:
        source, unknown = sources(target)
        seen = Files(target)
        return (parser.parse(source, seen.text, seen.names, _host(target)[0]) if source else None), unknown

    found: Tuple[Optional[parser.Policy], List[Tuple[str, str]]] = target.shared("sudo policy", read)
    return found


def _configured(text: str) -> Tuple[str, List[str]]:
    """Return another first file that sudo.conf(5) names, and the plugins that decide beside sudoers."""
    strange: List[str] = []
    path = ""
    for line in text.replace("\\\n", " ").split("\n"):
        words = line.partition("#")[0].split()
        if len(words) < 3 or words[0].lower() != "plugin":
            continue
        if (
            words[1] in ("sudoers_policy", "sudoers_io", "sudoers_audit")
            and words[2].rpartition("/")[2] == "sudoers.so"
        ):
            path = next((w[13:] for w in words[3:] if w.startswith("sudoers_file=")), path)
        else:
            strange.append(Why("the plugin {words} of {words_2} decides too", words=words[1], words_2=words[2]))
    return path, strange


class Files:
    """Looks at a target's files for the models, each once."""

    def __init__(self, target: Target) -> None:
        """Look at ``target``."""
        self._target = target
        self._stats: Dict[str, Optional[Tuple[int, int, int]]] = {}
        self._real: Dict[str, Optional[str]] = {}
        self._rights = file_access.Reader(target)

    def text(self, path: str) -> Optional[str]:
        """Return a file's text, or None where it is not there."""
        try:
            return self._target.text(path)
        except _ABSENT:
            return None

    def list(self, path: str) -> List[str]:
        """Return the names in a directory, none where there is no directory."""
        try:
            return self._target.listdir(path)
        except (Missing, Unfit):
            return []

    def names(self, path: str) -> List[str]:
        """Return the paths of the regular files in a directory."""
        paths = (path.rstrip("/") + "/" + name for name in self.list(path))
        return [p for p in paths if (self._stat(p) or (0, 0, 0))[2] & 0o170000 == stat.S_IFREG]

    def _stat(self, path: str) -> Optional[Tuple[int, int, int]]:
        if path not in self._stats:
            try:
                found = self._target.stat(path)
                self._stats[path] = (found.st_dev, found.st_ino, found.st_mode)
            except (Missing, Unfit):
                self._stats[path] = None
        return self._stats[path]

    def identity(self, path: str) -> Optional[Hashable]:
        """Return device and inode of what a path leads to."""
        found = self._stat(path)
        return found[:2] if found else None

    def resolve(self, path: str) -> Optional[str]:
        """Return a path without links."""
        if path not in self._real:
            try:
                self._real[path] = self._target.realpath(path)
            except (Missing, Unfit):
                self._real[path] = None
        return self._real[path]

    def writable(self, path: str, who: Account) -> Optional[bool]:
        """Tell whether an account may write a file, or put another in its place; None where that can't be told.

        Args:
            path: As sudoers or a search path names it; a relative one can't be written.
            who: The account, with its groups.

        Raises:
            SourceError: The way to the file can't be read.
        """
        if not path.startswith("/"):
            return False
        credentials = access.Who(who.uid, who.gids)
        named = path
        while True:
            try:
                way = self._rights.way(named)
                break
            except _ABSENT:
                named = named.rpartition("/")[0] or "/"
        if way.why:
            return None
        if way.end is not None and access.searches(way.folders, credentials):
            want = access.WRITE if named == path else access.WRITE | access.ENTER
            if who.uid == way.end.uid or access.allows(way.end, credentials, want):
                return True
        return any(
            access.searches(step.folders, credentials)
            and (who.uid == step.folders[-1].uid or access.removes(step.node, step.folders[-1], credentials))
            for step in way.steps
        )
