"""Table ssh_configs: options of the SSH client.

Sources: ``~/.ssh/config`` of the users that ``uid`` names, else of the one that runs, and ``/etc/ssh/ssh_config`` under
uid 0 (ssh_config(5)). Lines are in lower case and includes are not followed, as in osquery.
"""

import string
from typing import Dict, Iterator, Tuple

from rempart_agent.formats.line import trimmed
from rempart_agent.readers.files import account
from rempart_agent.source.contract import BIGINT, TEXT, Column, Loop, Missing, Query, Row, Value
from rempart_agent.source.target import Target

OFFLINE = "full"
SYSTEM = "/etc/ssh/ssh_config"
COLUMNS = (
    Column("uid", BIGINT, argument=True),
    Column("block", TEXT),
    Column("option", TEXT),
    Column("ssh_config_file", TEXT),
)
_LOWER = str.maketrans(string.ascii_uppercase, string.ascii_lowercase)


def rows(target: Target, query: Query) -> Iterator[Row]:
    """See Table.rows: one row for each option."""
    for uid, path in _files(target, query):
        try:
            text = target.text(path)
        except (Missing, Loop):
            continue
        for row in parse(text):
            row.update(uid=uid, ssh_config_file=path)
            yield row


def _files(target: Target, query: Query) -> Iterator[Tuple[int, str]]:
    for uid, home in account.homes(target, query):
        yield uid, home + "/.ssh/config"
    yield 0, SYSTEM


def parse(text: str) -> Iterator[Dict[str, Value]]:
    """Parse ssh_config(5): each option with the ``host`` or ``match`` line above it."""
    block = ""
    for line in trimmed(text):
        line = line.translate(_LOWER)
        if line[0] == "#":
            continue
        if line.startswith(("host ", "match ")):
            block = line
        else:
            yield {"block": block, "option": line}
