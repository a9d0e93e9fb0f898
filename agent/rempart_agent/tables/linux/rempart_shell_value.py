"""Table rempart_shell_value: what a login shell has set at its first prompt: TMOUT, umask and PATH, by account.

Source: the start-up files that the account's shell reads (``/etc/profile`` with all that it sources,
``/etc/bash.bashrc``, ``/etc/zsh``, the account's own), run on values that may be unknown
(``rempart_agent.models.shell``). One row for each account whose shell is bash, dash, ksh or zsh, and for each of TMOUT
and umask; of accounts of the number 0 for PATH too, which begins as login(1) begins it (ENV_SUPATH of login.defs, PATH
of ``/etc/environment``). Rows with ``file`` tell the mask that this file sets by itself, for root (``uid`` 0) and for
somebody else (1000): ``/etc/profile`` (as dash reads it too, where that is ``/bin/sh``), bash's own of the system, and
those of root's home.

``value`` is ``''`` where nothing sets it. ``known`` is 0, with the reason in ``why``, where that can't be told: another
value under a condition that is not known, ``eval``, arithmetic. ``either`` lists then all that it can be, parted by
blanks and with ``-`` for not set, where at least that is known. ``seconds`` is TMOUT as a number: 0 where it is not set
or none, NULL where it is not known. ``fixed`` is 1 where the system's files make it ``readonly``: an account may take
out what its own files fix.
"""

import re
from typing import TYPE_CHECKING, Dict, Iterator, List, Optional, Tuple

from rempart_agent.readers.files import account
from rempart_agent.source.contract import INTEGER, TEXT, Column, Denied, Limit, Loop, Missing, Query, Row, Unfit
from rempart_agent.source.target import Target

if TYPE_CHECKING:
    from rempart_agent.models.shell import execute, logins

OFFLINE = "full"
COLUMNS = (
    Column("account", TEXT),
    Column("uid", INTEGER),
    Column("shell", TEXT),
    Column("dialect", TEXT),
    Column("name", TEXT),
    Column("value", TEXT),
    Column("known", INTEGER),
    Column("seconds", INTEGER),
    Column("fixed", INTEGER),
    Column("source", TEXT),
    Column("line", INTEGER),
    Column("why", TEXT),
    Column("either", TEXT),
    Column("file", TEXT),
)
FILES = ("/etc/profile", "/etc/bash.bashrc", "/etc/bashrc")
OWN = (".bash_profile", ".bash_login", ".profile", ".bashrc")
PATH = "/usr/local/sbin:/usr/local/bin:/sbin:/bin:/usr/sbin:/usr/bin"
"""What login(1) gives root where nothing says otherwise (util-linux, include/pathnames.h)."""
MAX_ACCOUNTS = 2000


def rows(target: Target, query: Query) -> Iterator[Row]:
    """See Table.rows: two rows for each account with such a shell."""
    found: List[Row] = target.shared("shell values", lambda: list(_rows(target)))
    return iter(found)


def _rows(target: Target) -> Iterator[Row]:
    from rempart_agent.models.shell import execute, logins

    files = _Files(target)
    world = execute.World(files.read, files.kind, files.names, files.readable)
    environment = _set_in(files.read("/etc/environment"), "TMOUT")
    path = _path(files)
    number = 0
    roots: Dict[str, logins.Login] = {}
    for entry in account.parse_accounts(target.text(account.PASSWD)):
        shell = entry.shell or "/bin/sh"
        dialect = None if entry.name[:1] in ("+", "-") else _dialect(files, shell)
        if dialect is None:
            continue
        number += 1
        if number > MAX_ACCOUNTS:
            raise Limit("more than {max_accounts} accounts with a login shell", max_accounts=MAX_ACCOUNTS)
        login = logins.Login(entry.name, entry.uid, entry.directory or "/", shell, dialect)
        start = path if entry.uid == 0 else None
        if entry.uid == 0:
            roots.setdefault(login.home, login)
        everyone = logins.settled(login, world, environment, own=False, begins=start)
        try:
            own = logins.settled(login, world, environment, begins=start) if files.own(login.home) else everyone
        except Denied as error:  # what is fixed before stays; of the rest nothing is known
            own = [a if a.fixed == 1 else a._replace(value=None, why=error.why) for a in everyone]
        for answer, common in zip(own, everyone):
            yield {
                "account": entry.name,
                "uid": entry.uid,
                "shell": shell,
                "dialect": dialect,
                "name": answer.name,
                "value": answer.value or "",
                "known": int(answer.value is not None),
                "seconds": _seconds(answer.value) if answer.name == "TMOUT" else None,
                "fixed": common.fixed,
                "source": answer.source,
                "line": answer.line,
                "why": answer.why or (common.why if common.fixed is None else ""),
                "either": _listed(answer.either),
                "file": "",
            }
    yield from _alone(files, world, list(roots.values()))


def _alone(files: "_Files", world: "execute.World", roots: "List[logins.Login]") -> Iterator[Row]:
    from rempart_agent.models.shell import logins

    root = logins.Login("root", 0, "/root", "/bin/bash", "bash")
    other = logins.Login("somebody", 1000, "/home/somebody", "/bin/bash", "bash")
    wanted = [(path, login) for path in FILES for login in (root, other)]
    if _dialect(files, "/bin/sh") == "dash":  # which reads the first of them alone
        wanted.append((FILES[0], logins.Login("somebody", 1000, other.home, "/bin/sh", "dash")))
    wanted += [(home.home.rstrip("/") + "/" + name, home) for home in roots for name in OWN]
    for path, login in wanted:
        try:
            if files.kind(path) != "file":
                continue
            answer = logins.alone(path, login, world)
        except Denied as error:
            answer = logins.Answer("umask", None, 0, path, 0, error.why)
        yield {
            "account": "",
            "uid": login.uid,
            "shell": login.shell,
            "dialect": login.dialect,
            "name": "umask",
            "value": answer.value or "",
            "known": int(answer.value is not None),
            "seconds": None,
            "fixed": 0,
            "source": answer.source,
            "line": answer.line,
            "why": answer.why,
            "either": _listed(answer.either),
            "file": path,
        }


def _listed(either: Tuple[str, ...]) -> str:
    return " ".join(one or "-" for one in either) if not any(" " in one for one in either) else ""


def _path(files: "_Files") -> str:
    """Return the PATH with which a login of root begins."""
    said = re.findall(r"(?m)^[ \t]*ENV_SUPATH[ \t]+\"?(?:PATH=)?([^\s\"]*)", files.read("/etc/login.defs") or "")
    found = _set_in(files.read("/etc/environment"), "PATH")
    return found if found is not None else said[-1] if said else PATH


def _seconds(value: Optional[str]) -> Optional[int]:
    if value is None:
        return None
    return int(value) if re.fullmatch("[0-9]{1,9}", value) else 0


def _set_in(text: Optional[str], name: str) -> Optional[str]:
    """Return a variable of /etc/environment, with which pam_env begins a session."""
    found = re.findall(r"(?m)^[ \t]*(?:export[ \t]+)?" + name + r"=[\"']?([^\"'\s#]*)", text or "")
    return found[-1] if found else None


def _dialect(files: "_Files", shell: str) -> Optional[str]:
    from rempart_agent.models.shell.logins import DIALECTS

    name = shell.rpartition("/")[2]
    if name == "sh":
        real = files.real(shell)
        name = real.rpartition("/")[2] if real else ""
        return {"bash": "bash", "dash": "dash"}.get(name)
    return DIALECTS.get(name)


class _Files:
    """A target's files as the shells of its accounts see them, each read once."""

    def __init__(self, target: Target) -> None:
        self._target = target
        self._texts: Dict[str, Optional[str]] = {}
        self._kinds: Dict[str, Optional[str]] = {}

    def read(self, path: str) -> Optional[str]:
        if path not in self._texts:
            try:
                self._texts[path] = self._target.text(path)
            except (Missing, Loop):
                self._texts[path] = None
        return self._texts[path]

    def kind(self, path: str) -> Optional[str]:
        if path not in self._kinds:
            try:
                mode = self._target.stat(path).st_mode & 0o170000
                self._kinds[path] = {0o100000: "file", 0o040000: "directory"}.get(mode, "other")
            except (Missing, Loop):
                self._kinds[path] = None
        return self._kinds[path]

    def names(self, path: str) -> List[str]:
        try:
            return self._target.listdir(path)
        except (Missing, Unfit):
            return []

    def readable(self, path: str) -> bool:
        try:
            return bool(self._target.stat(path).st_mode & 0o004)
        except (Missing, Unfit):
            return False

    def real(self, path: str) -> Optional[str]:
        try:
            return self._target.realpath(path)
        except (Missing, Loop):
            return None

    def own(self, home: str) -> bool:
        """Tell whether an account has start-up files of its own."""
        names = ("profile", "bash_profile", "bash_login", "bashrc", "zshenv", "zprofile", "zshrc", "zlogin")
        return any(self.kind(home.rstrip("/") + "/." + name) for name in names)
