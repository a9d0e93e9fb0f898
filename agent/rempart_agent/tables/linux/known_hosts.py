"""Table known_hosts: the hosts whose keys users have accepted.

Source: ``~/.ssh/known_hosts`` (sshd(8)) of the users that ``uid`` names, else of the one that runs. ``key`` is the
whole line; blank lines and comments are left out.
"""

import stat
from typing import Iterator

from rempart_agent.formats import line
from rempart_agent.readers.files import account
from rempart_agent.source.contract import BIGINT, TEXT, Column, Loop, Missing, Query, Row
from rempart_agent.source.target import Target

OFFLINE = "full"
COLUMNS = (
    Column("uid", BIGINT, index=True, argument=True),
    Column("key", TEXT),
    Column("key_file", TEXT),
)
FILE = "/.ssh/known_hosts"


def rows(target: Target, query: Query) -> Iterator[Row]:
    """See Table.rows: one row for each line that holds a key."""
    for uid, home in account.homes(target, query):
        try:
            if not stat.S_ISREG(target.stat(home + FILE).st_mode):  # ssh reads nothing else either
                continue
            text = target.text(home + FILE)
        except (Missing, Loop):
            continue
        for key in parse(text):
            yield {"uid": uid, "key": key, "key_file": home + FILE}


def parse(text: str) -> Iterator[str]:
    """Yield the lines of known_hosts that are no comment."""
    for entry in line.trimmed(text):
        if not entry.startswith("#"):
            yield entry
