"""Table rempart_shell_value: what a login shell has set at its first prompt: TMOUT and umask, by account.

Source: the start-up files that the account's shell reads (``/etc/profile`` with all that it sources,
``/etc/bash.bashrc``, ``/etc/zsh``, the account's own), run on values that may be unknown
(``rempart_agent.models.shell``). One row for each account whose shell is bash, dash, ksh or zsh, and for each of the
two names.

``value`` is ``''`` where nothing sets it. ``known`` is 0, with the reason in ``why``, where that can't be told: another
value under a condition that is not known, ``eval``, arithmetic. ``seconds`` is TMOUT as a number: 0 where it is not set
or none, NULL where it is not known. ``fixed`` is 1 where the system's files make it ``readonly``: an account may take
out what its own files fix.
"""

import re
from typing import Dict, Iterator, List, Optional

from rempart_agent.readers.files import account
from rempart_agent.source.contract import INTEGER, TEXT, Column, Denied, Limit, Loop, Missing, Query, Row, Unfit
from rempart_agent.source.target import Target

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
)
MAX_ACCOUNTS = 2000


def rows(target: Target, query: Query) -> Iterator[Row]:
    """See Table.rows: two rows for each account with such a shell."""
    found: List[Row] = target.shared("shell values", lambda: list(_rows(target)))
    return iter(found)


def _rows(target: Target) -> Iterator[Row]:
    from rempart_agent.models.shell import execute, logins

    files = _Files(target)
    world = execute.World(files.read, files.kind, files.names, files.readable)
    environment = _environment(files.read("/etc/environment"))
    number = 0
    for entry in account.parse_accounts(target.text(account.PASSWD)):
        shell = entry.shell or "/bin/sh"
        dialect = None if entry.name[:1] in ("+", "-") else _dialect(files, shell)
        if dialect is None:
            continue
        number += 1
        if number > MAX_ACCOUNTS:
            raise Limit("more than {max_accounts} accounts with a login shell", max_accounts=MAX_ACCOUNTS)
        login = logins.Login(entry.name, entry.uid, entry.directory or "/", shell, dialect)
        everyone = logins.settled(login, world, environment, own=False)
        try:
            own = logins.settled(login, world, environment) if files.own(login.home) else everyone
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
            }


def _seconds(value: Optional[str]) -> Optional[int]:
    if value is None:
        return None
    return int(value) if re.fullmatch("[0-9]{1,9}", value) else 0


def _environment(text: Optional[str]) -> Optional[str]:
    """Return the TMOUT of /etc/environment, with which pam_env begins a session."""
    found = re.findall(r"(?m)^[ \t]*(?:export[ \t]+)?TMOUT=[\"']?([^\"'\s#]*)", text or "")
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
