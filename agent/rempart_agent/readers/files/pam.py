"""PAM's files and what its modules look at, read once for all tables of a run."""

import posixpath
import re
from typing import Dict, FrozenSet, List, Optional, Set, Tuple

from rempart_agent.models.pam import facts, handlers, syntax
from rempart_agent.models.pam.outcome import Answer, Evaluator
from rempart_agent.readers.files import account
from rempart_agent.source.contract import Denied, Loop, Missing, SourceError, Unfit
from rempart_agent.source.target import Target

DIRECTORIES = ("/etc/pam.d", "/usr/lib/pam.d", "/usr/etc/pam.d")
CONF = "/etc/pam.conf"
PROGRAMS = ("su", "su-l", "sudo", "sudo-i", "login", "remote", "sshd", "other", "runuser", "runuser-l", "passwd")
"""Services that others include, and that are programs all the same."""

LEFT_BEHIND = re.compile(r"\.|.*(~|\.(dpkg|ucf)-\w+|\.rpm(new|save|orig)|\.pacnew|\.pacsave|\.bak|\.orig|\.sw[op])$")
"""What package managers and editors leave beside a service's file."""

_LIBRARIES = ("/usr/lib", "/lib", "/usr/lib64", "/lib64")
_LOCAL = {"files", "compat", "systemd", "sss", "mymachines", "myhostname"}
_RECORDS = ("/etc/userdb", "/run/userdb", "/run/host/userdb", "/usr/lib/userdb", "/var/lib/systemd/home")


class Files:
    """The files of PAM, each read once, as a newer and an older libpam take them apart."""

    def __init__(self, target: Target) -> None:
        """Read nothing yet."""
        self._target = target
        self._texts: Dict[str, Optional[str]] = {}
        self._read: Dict[str, Optional[syntax.File]] = {}
        self._doubtful: Set[str] = set()
        self.differ = False

    def text(self, path: str) -> Optional[str]:
        """Return the text of a file, ``""`` of a directory, which libpam reads as an empty one, or None."""
        if path not in self._texts:
            try:
                self._texts[path] = self._target.text(path)
            except (Missing, Loop):
                self._texts[path] = None
            except Denied:
                raise
            except Unfit as error:
                if not self._is_directory(path):
                    raise syntax.Unclear.of(error) from None
                self._texts[path] = ""
        return self._texts[path]

    def new(self, path: str) -> Optional[syntax.File]:
        """Return a file as Linux-PAM 1.6 and later read it."""
        if path not in self._read:
            text = self.text(path)
            self._read[path] = None if text is None else syntax.read(text)
            if text is not None and ("\\" in text or max(map(len, text.split("\n"))) > syntax.LONGEST_OLD // 4):
                self._doubtful.add(path)
        self.differ |= path in self._doubtful
        return self._read[path]

    def old(self, path: str) -> Optional[syntax.File]:
        """Return a file as Linux-PAM before 1.6 reads it."""
        text = self.text(path)
        return None if text is None else syntax.read(text, old=True)

    def _is_directory(self, path: str) -> bool:
        return (self._target.stat(path).st_mode & 0o170000) == 0o040000


class Outcomes:
    """The answers about every service of a target."""

    def __init__(self, target: Target, files: Files, factors: FrozenSet[str]) -> None:
        """Find the services and what modules look at.

        Args:
            target: The machine or the tree.
            files: Its files.
            factors: Modules that ask for a second factor, beside those that are known.

        Raises:
            SourceError: the files of PAM can't be read, or there are none.
        """
        self._target = target
        self._files = files
        self._directory = any(_is_directory(target, folder) for folder in DIRECTORIES)
        world = facts.World(_Modules(target).there, _Groups(target).has_members, _may_have_passwords(target), factors)
        dialects = _dialects(target)
        self._evaluators = [
            Evaluator(reads, dialects, world, self._directory) for reads in ((files.new,), (files.new, files.old))
        ]

    def services(self) -> List[str]:
        """Return the names of the services, without fragments that only others include."""
        if not self._directory:
            file = self._files.new(CONF)
            if file is None:
                raise Missing("{conf}: does not exist, nor does {directories}", conf=CONF, directories=DIRECTORIES[0])
            return sorted({line.words[0].lower() for line in file.lines if line.words})
        names: Set[str] = set()
        for folder in DIRECTORIES:
            try:
                names.update(self._target.listdir(folder))
            except Missing:
                continue
        names = {n for n in names if n == n.lower() and not LEFT_BEHIND.match(n) and not self._is_folder(n)}
        includes = {name: self._included(name) - {name} for name in names}
        todo = sorted(names - set().union(*includes.values()))
        reached: Set[str] = set()
        while todo:
            new = includes.get(todo.pop(), set()) - reached
            reached |= new
            todo += new
        return sorted(names - (reached - {*PROGRAMS}))

    def answers(self, service: str) -> List[Answer]:
        """Return the answers about one service."""
        self._files.differ = False
        found = self._evaluators[0].answers(service)
        return self._evaluators[1].answers(service) if self._files.differ else found

    def _is_folder(self, name: str) -> bool:
        return any(_is_directory(self._target, folder + "/" + name) for folder in DIRECTORIES)

    def _included(self, name: str) -> Set[str]:
        found: Set[str] = set()
        for folder in DIRECTORIES:
            try:
                file = self._files.new(folder + "/" + name)
            except syntax.Unclear:
                continue
            for line in file.lines if file else ():
                words = [w.lower() for w in line.words[:2]]
                at = 1 if words[:1] == ["@include"] else 2 if words[1:2] in (["include"], ["substack"]) else 0
                if at and len(line.words) > at:
                    found.add(posixpath.basename(line.words[at]))
        return found


def files_of(target: Target) -> Files:
    """Return the files of a target's PAM, read once in a run."""
    files: Files = target.shared("pam files", lambda: Files(target))
    return files


class _Modules:
    """Which modules are installed, by the folders in which libpam looks for them."""

    def __init__(self, target: Target) -> None:
        self._target = target
        self._names: Dict[str, Set[str]] = {}
        for library in _LIBRARIES:
            for folder in [library, *self._triplets(library)]:
                try:
                    self._names[folder + "/security"] = set(target.listdir(folder + "/security"))
                except SourceError:
                    continue

    def _triplets(self, library: str) -> List[str]:
        try:
            return [library + "/" + name for name in self._target.listdir(library) if "-linux-" in name]
        except SourceError:
            return []

    def there(self, module: str) -> Optional[bool]:
        """Tell whether a module is installed; None where it is one by its own path, which may be anything."""
        path = posixpath.normpath(module.replace("$ISA", "."))
        folder, name = posixpath.split(path)
        if not self._names:
            ours = not folder or (folder.startswith(_LIBRARIES) and folder.endswith("/security"))
            return "\r" not in module if ours else None
        if not folder:
            return any(name in names for names in self._names.values())
        if folder in self._names:
            return name in self._names[folder]
        return None


class _Groups:
    """Which groups have members, as far as local files say."""

    def __init__(self, target: Target) -> None:
        self._target = target
        self._members: Optional[Dict[str, bool]] = None
        self._elsewhere = False

    def has_members(self, group: str) -> bool:
        """Tell whether a group may have members: unknown counts as yes."""
        if self._members is None:
            self._members = {}
            try:
                first = {a.gid for a in account.parse_accounts(self._target.text(account.PASSWD))}
                for entry in filter(None, map(account.parse_group, self._target.lines(account.GROUP))):
                    held = bool(entry.members) or entry.gid in first
                    self._members[entry.name] = held or self._members.get(entry.name, False)
                self._elsewhere = not _sources(self._target, "group", "passwd", "initgroups") <= _LOCAL - {"sss"}
            except SourceError:
                self._elsewhere = True
        return self._elsewhere or self._members.get(group, False)


def _may_have_passwords(target: Target) -> bool:
    """Tell whether some local account may have a password: what can't be read counts as yes."""
    try:
        fields = [line.split(":")[1] for line in target.lines("/etc/shadow") if line.count(":") > 1]
        fields += [line.split(":")[1] for line in target.lines("/etc/passwd") if line.count(":") > 1]
        if not fields or not _sources(target, "passwd", "shadow") <= _LOCAL:
            return True
    except SourceError:
        return True
    return any(field != "x" and field[:1] not in ("!", "*") for field in fields)


def _sources(target: Target, *databases: str) -> Set[str]:
    """Return where nsswitch.conf(5) looks for some databases, and the folders of records that are in use."""
    found: Set[str] = set()
    for folder in _RECORDS:  # nss-systemd(8) finds accounts and memberships there
        try:
            if target.listdir(folder):
                found.add(folder)
        except Missing:
            continue
    for line in target.lines("/etc/nsswitch.conf"):
        name, _, rest = line.partition("#")[0].partition(":")
        if name.strip() in databases:
            found.update(re.sub(r"\[[^\]]*\]", " ", rest).split())
    return found


def _dialects(target: Target) -> Tuple[handlers.Dialect, ...]:
    """Return the libpams that may be the machine's: Debian's reads other files than upstream's."""
    like: Set[str] = set()
    for path in ("/etc/os-release", "/usr/lib/os-release"):
        try:
            for line in target.lines(path):
                name, _, value = line.partition("=")
                if name in ("ID", "ID_LIKE"):
                    like.update(value.strip("\"' ").lower().split())
            break
        except SourceError:
            continue
    if like & {"debian", "ubuntu"}:
        return (handlers.DEBIAN,)
    if like & {"rhel", "fedora", "centos", "suse", "opensuse", "arch", "alpine", "gentoo"}:
        return (handlers.UPSTREAM,)
    return (handlers.DEBIAN, handlers.UPSTREAM)


def _is_directory(target: Target, path: str) -> bool:
    try:
        return (target.stat(path).st_mode & 0o170000) == 0o040000
    except (Missing, Loop):
        return False
