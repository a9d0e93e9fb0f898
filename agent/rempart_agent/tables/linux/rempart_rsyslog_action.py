"""Table rempart_rsyslog_action: what rsyslog is told to send away or to keep, and which messages get there for certain.

Source: ``/etc/rsyslog.conf`` and what it includes, evaluated (:mod:`rempart_agent.models.rsyslog`); ``path =`` asks for
another main file. One row for each action that sends, or that writes a file (``omfile``), in dead blocks too. A
configuration that is not understood gives one row with ``why`` and no answers; without a main file there are no rows.

``login``, ``privilege``, ``service`` and ``kernel`` tell whether messages of logins, of sudo and su, of services and of
the kernel all get there: 1, 0, or unset with ``why``. They are 0 where rsyslog hears no program of the machine (no
imuxsock or imjournal, ``ForwardToSyslog=no`` of journald). ``remote`` is 0 where the target is this machine by its name
or a loopback address, as far as its own files say; the addresses of its interfaces are in ``interface_addresses``, and
``address`` is what ``/etc/hosts`` makes of a name. Of a file, ``create_mode`` (before the umask), ``owner`` and
``groupname`` tell how rsyslog makes it: directives count for lines in the old form, ``builtin:omfile`` for actions of
the new one. Of what is sent by ``omfwd``, ``stream_driver``, ``stream_mode`` (1: TLS) and ``auth_mode`` tell how it is
sealed. ``changed_at`` is the latest change of a file that was read.
"""

import stat
from typing import Any, Dict, FrozenSet, Iterator, List, Optional, Tuple

from rempart_agent.models.rsyslog import forward, parser
from rempart_agent.models.rsyslog.lexer import Unclear
from rempart_agent.models.rsyslog.syntax import Action, Configuration
from rempart_agent.readers.files import host_name, journal
from rempart_agent.said import Why
from rempart_agent.source.contract import (
    BIGINT,
    INTEGER,
    TEXT,
    Column,
    Loop,
    Missing,
    Query,
    Row,
)
from rempart_agent.source.target import Target

OFFLINE = "full"
MAIN = "/etc/rsyslog.conf"
MAX_BYTES = 1 << 20
MAX_FILES = 1_000
COLUMNS = (
    Column("path", TEXT, argument=True),
    Column("source", TEXT),
    Column("line", INTEGER),
    Column("kind", TEXT),
    Column("target", TEXT, command=True),
    Column("address", TEXT),
    Column("port", TEXT),
    Column("protocol", TEXT),
    Column("remote", INTEGER),
    Column("login", INTEGER),
    Column("privilege", INTEGER),
    Column("service", INTEGER),
    Column("kernel", INTEGER),
    Column("create_mode", TEXT),
    Column("owner", TEXT),
    Column("groupname", TEXT),
    Column("stream_driver", TEXT),
    Column("stream_mode", TEXT),
    Column("auth_mode", TEXT),
    Column("changed_at", BIGINT),
    Column("why", TEXT),
)

_MODULES = ("/usr/lib64/rsyslog", "/usr/lib/rsyslog", "/usr/lib/*-linux-gnu*/rsyslog", "/usr/lib/*-musl*/rsyslog")
_INFO = 6
_DAEMON = ("/usr/lib/systemd/systemd-journald", "/lib/systemd/systemd-journald")


class _Reader:
    """Reads files of the configuration and remembers the latest change."""

    def __init__(self, target: Target) -> None:
        self._target = target
        self._count = 0
        self.changed_at = 0

    def text(self, path: str) -> str:
        self._count += 1
        if self._count > MAX_FILES:
            raise Unclear("more than {max_files} files", max_files=MAX_FILES)
        self.changed_at = max(self.changed_at, int(self._target.stat(path).st_mtime))
        return self._target.text(path, MAX_BYTES)

    def include(self, pattern: str, depth: int = 0) -> List[Tuple[str, str]]:
        """Return the files that a pattern names, those of a directory that it names too."""
        found: List[Tuple[str, str]] = []
        if depth > 8 or not pattern.startswith("/"):
            raise Unclear("an include that is not understood: {pattern}", pattern=pattern)
        for path in [pattern] if self._kind(pattern) == "file" else self._target.glob(self._pattern(pattern)):
            kind = self._kind(path)
            if kind == "folder":
                found += self.include(path + "/", depth + 1)
            elif kind == "file":
                if path.endswith((".yaml", ".yml")):
                    raise Unclear("{path}: YAML is not understood", path=path)
                found.append((path, self.text(path)))
        return found

    def _pattern(self, pattern: str) -> str:
        return pattern + "*" if self._kind(pattern) == "folder" else pattern

    def _kind(self, path: str) -> str:
        try:
            mode = self._target.stat(path).st_mode
        except (Missing, Loop):
            return ""
        return "folder" if stat.S_ISDIR(mode) else "file" if stat.S_ISREG(mode) else ""


def rows(target: Target, query: Query) -> Iterator[Row]:
    """See Table.rows: one row for each action that sends.

    Raises:
        Denied: a file may not be read.
    """
    for path in query.equal("path") or [MAIN]:
        try:
            found: List[Dict[str, Any]] = target.shared("rsyslog " + path, lambda path=path: _rows(target, path))  # type: ignore[misc]
        except (Missing, Loop):
            continue
        for row in found:
            yield dict(row, path=path)


def _rows(target: Target, path: str) -> List[Dict[str, Any]]:
    reader = _Reader(target)
    modules = _modules(target)
    text = reader.text(path)
    try:
        configuration = parser.read(path, text, reader.include, modules)
        found = forward.forwards(configuration)
    except Unclear as error:
        return [{"source": path, "changed_at": reader.changed_at, "why": error.why}]
    hears, level, silence = _hearing(target, configuration)
    names = host_name.Names(target) if found else None
    rows = []
    for one in found:
        gets, why = dict(one.gets), one.why
        if hears != 1:
            gets = {k: (0 if hears == 0 else None) if gets[k] != 0 else 0 for k in gets}
            why = silence
        if level < _INFO:
            gets.update(login=0, privilege=0, service=0)
            why = Why("MaxLevelSyslog of journald keeps them back")
        driver = forward.driver(configuration, one.action)
        if driver and modules is not None and "lmnsd_" + driver not in modules:
            gets = dict.fromkeys(gets, 0)
            why = Why("the network driver {driver} is not installed", driver=driver)
        places = [names.place(t) for t in one.targets] if names and one.action.kind != forward.KEEPS else [(0, "")]
        remotes = {remote for remote, _ in places}
        rows.append(
            {
                "source": one.action.path,
                "line": one.action.line,
                "kind": one.action.kind,
                "target": " ".join(one.targets),
                "address": " ".join(address for _, address in places),
                "port": one.port,
                "protocol": one.protocol,
                "remote": remotes.pop() if len(remotes) == 1 else None,
                **gets,
                **(_made(one.action) if one.action.kind == forward.KEEPS else {}),
                **(_sealed(configuration, one.action) if one.action.kind == "omfwd" else {}),
                "changed_at": reader.changed_at,
                "why": why,
            }
        )
    return rows


def _made(action: Action) -> Dict[str, Optional[str]]:
    made = forward.made(action)
    return {"create_mode": made.mode, "owner": made.owner, "groupname": made.group}


def _sealed(configuration: Configuration, action: Action) -> Dict[str, Optional[str]]:
    sealed = forward.sealed(configuration, action)
    return {"stream_driver": sealed.driver, "stream_mode": sealed.mode, "auth_mode": sealed.auth}


def read(target: Target, path: str = MAIN) -> Configuration:
    """Return the configuration of rsyslog with what it includes.

    Args:
        target: What is looked at.
        path: Its main file.

    Raises:
        Unclear: it has something that is not understood.
        Missing: there is none.
    """
    reader = _Reader(target)
    return parser.read(path, reader.text(path), reader.include, _modules(target))


def _hearing(target: Target, configuration: Configuration) -> Tuple[Optional[int], int, str]:
    """Return whether rsyslog hears the programs of the machine, up to which level, and why not."""
    way = forward.hearing(configuration)
    if way.answer is not None or not any(target.exists(path) for path in _DAEMON):
        return (1 if way.answer is None else way.answer), _INFO + 1, way.why
    settings = journal.settings(target)
    level = settings["MaxLevelSyslog"].number
    told = settings.get("ForwardToSyslog")
    if told is None:
        return None, _INFO + 1, Why("whether journald passes messages on depends on how it was built (ForwardToSyslog)")
    why = (
        ""
        if told.number
        else Why("journald passes nothing on: ForwardToSyslog={told} in {path}", told=told.value, path=told.path)
    )
    return int(bool(told.number)), int(level if level is not None else _INFO + 1), why


def _modules(target: Target) -> Optional[FrozenSet[str]]:
    folders = [folder for pattern in _MODULES for folder in target.glob(pattern)]
    names = [name[:-3].lower() for folder in folders for name in target.listdir(folder) if name.endswith(".so")]
    return frozenset(names) if names else None
