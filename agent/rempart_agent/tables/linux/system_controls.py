"""Table system_controls: the kernel's settings and what the configuration asks of them.

Sources: ``/proc/sys`` (proc_sys(5)) for ``current_value``, and the files of sysctl.d(5) for ``config_value``, in the
order that counts at boot (``rempart_agent.readers.files.sysctl``), where osquery takes the last file that it reads. A
root filesystem has the second alone: one row for each setting that is configured.

As in osquery, a setting asked for by name gives a row even where there is none. Unlike osquery, which repeats a name
once for each way down to it, every setting comes once.
"""

from typing import Dict, Iterator, List, Optional

from rempart_agent.readers.files import sysctl
from rempart_agent.source.contract import TEXT, Column, Denied, Missing, Query, Row, Unfit, Value
from rempart_agent.source.target import Target

OFFLINE = "part"
COLUMNS = (
    Column("name", TEXT, index=True, argument=True),
    Column("oid", TEXT, argument=True),
    Column("subsystem", TEXT, argument=True),
    Column("current_value", TEXT, costly=True),
    Column("config_value", TEXT, costly=True),
    Column("type", TEXT),
)
_FOLDER = "/proc/sys/"
_ANY_MAY_READ = 0o444
_AUTOMOUNT = "fs/binfmt_misc"  # holds no settings, and looking into it may mount it


def rows(target: Target, query: Query) -> Iterator[Row]:
    """See Table.rows: one row for each setting; with ``name``, those alone; with ``subsystem``, those below it.

    Raises:
        Denied: a setting's value is asked for, and the run may not read it.
    """
    names, subsystems = query.equal("name"), query.equal("subsystem")
    if names is None and query.equal("oid") is not None:
        return  # Linux has no numbers for settings any more (sysctl(2))
    settings = sysctl.Settings({}, [], set())
    if "config_value" in query.columns or not target.live:
        settings = sysctl.read(target)
    for path in _paths(target, settings, names, subsystems):
        row: Dict[str, Value] = {
            "name": path.replace("/", "."),
            "subsystem": path.split("/")[0].split(".")[0],
            "type": "string",
        }
        if target.live and "current_value" in query.columns:
            row["current_value"] = _current(target, path)
        if "config_value" in query.columns:
            row["config_value"] = settings.value(path) or ""
        yield row


def _paths(
    target: Target, settings: sysctl.Settings, names: Optional[List[str]], subsystems: Optional[List[str]]
) -> Iterator[str]:
    if names is not None:
        dotted = {path.replace("/", "."): path for path in settings.named}
        for name in names:
            yield dotted.get(name, name.replace(".", "/"))
        return
    if not target.live:
        yield from sorted(path for path in settings.named if subsystems is None or path.split("/")[0] in subsystems)
        return
    for name in target.listdir(_FOLDER):
        if subsystems is None or name in subsystems:
            yield from _walk(target, name)


def _walk(target: Target, path: str) -> Iterator[str]:
    import stat

    try:
        if not stat.S_ISDIR(target.lstat(_FOLDER + path).st_mode):
            yield path
            return
        names = target.listdir(_FOLDER + path)
    except Missing:  # of an interface that is gone
        return
    for name in names:
        if path + "/" + name != _AUTOMOUNT:
            yield from _walk(target, path + "/" + name)


def _current(target: Target, path: str) -> str:
    """Return a setting's value, or ``""`` where there is no such setting or it can only be written."""
    try:
        return target.text(_FOLDER + path).strip()
    except (Missing, Unfit):  # a setting without a value yet answers with an error
        return ""
    except Denied:
        if target.stat(_FOLDER + path).st_mode & _ANY_MAY_READ:
            raise
        return ""
