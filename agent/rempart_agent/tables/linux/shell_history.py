"""Table shell_history: what users typed, with the time where the shell keeps it.

Sources: the history files of bash, zsh, ksh and ash in the homes of the users that ``uid`` names, else of the one that
runs. ``time`` is in seconds since 1970, 0 where unknown: bash writes it on a line of its own (``#1700000000``), zsh
before the command (``: 1700000000:0;``). Commands hold secrets: an audit sees none of them.
"""

import re
import stat
from typing import Dict, Iterator

from rempart_agent.readers.files import account
from rempart_agent.source.contract import BIGINT, INTEGER, TEXT, Column, Loop, Missing, Query, Row, Value
from rempart_agent.source.target import Target

OFFLINE = "full"
COLUMNS = (
    Column("uid", BIGINT, argument=True),
    Column("time", INTEGER),
    Column("command", TEXT, secret=True),
    Column("history_file", TEXT),
)

FILES = (".bash_history", ".zsh_history", ".zhistory", ".history", ".sh_history", ".ash_history")
SESSIONS = ".bash_sessions"
_BASH = re.compile(r"#([0-9]+)", re.ASCII)
_ZSH = re.compile(r": {0,10}([0-9]{1,11}):[0-9]+;(.*)", re.ASCII)


def rows(target: Target, query: Query) -> Iterator[Row]:
    """See Table.rows: one row for each command."""
    for uid, home in account.homes(target, query):
        for path in _files(target, home):
            try:
                if not stat.S_ISREG(target.stat(path).st_mode):
                    continue  # a device or a pipe, to keep no history
                text = target.text(path)
            except (Missing, Loop):
                continue
            for row in parse(text):
                row.update(uid=uid, history_file=path)
                yield row


def _files(target: Target, home: str) -> Iterator[str]:
    for name in FILES:
        yield home + "/" + name
    try:
        folder = target.realpath(home + "/" + SESSIONS)
        names = target.listdir(folder)
    except (Missing, Loop):
        return
    for name in names:
        if name.endswith(".history") and not name.startswith("."):
            yield folder + "/" + name


def parse(text: str) -> Iterator[Dict[str, Value]]:
    """Parse a history file; every line is a row, empty ones and the further lines of a long command too."""
    lines = text.split("\n")
    if not lines[-1]:
        lines.pop()
    time = ""
    for line in lines:
        stamp = None if time else _BASH.fullmatch(line)
        if stamp:
            time = stamp.group(1)
            continue
        zsh = None if time else _ZSH.fullmatch(line)
        if zsh:
            yield {"time": int(zsh.group(1)), "command": zsh.group(2)}
        else:
            yield {"time": int(time or "0") if len(time) < 19 else None, "command": line}
        time = ""
