"""Table user_ssh_keys: private keys in the users' ``~/.ssh``, and whether a passphrase protects each.

Every file there whose content is a private key is a row, whatever its name, for the users that ``uid`` names, else for
the one that runs. ``encrypted`` is unset for a key in OpenSSH's format whose header can't be read.
"""

import stat
from typing import Dict, Iterator

from rempart_agent.formats import private_key
from rempart_agent.readers.files import account
from rempart_agent.source.contract import BIGINT, INTEGER, TEXT, Column, Loop, Missing, Query, Row, Value
from rempart_agent.source.target import Target

OFFLINE = "full"
COLUMNS = (
    Column("uid", BIGINT, argument=True),
    Column("path", TEXT),
    Column("encrypted", INTEGER),
    Column("key_type", TEXT),
    Column("key_group_name", TEXT),
    Column("key_length", INTEGER),
    Column("key_security_bits", INTEGER),
    Column("pid_with_namespace", INTEGER, hidden=True),
)


def rows(target: Target, query: Query) -> Iterator[Row]:
    """See Table.rows: one row for each private key."""
    for uid, home in account.homes(target, query):
        for path in _files(target, home + "/.ssh"):
            try:
                if not stat.S_ISREG(target.stat(path).st_mode):
                    continue
                text = target.text(path)
            except (Missing, Loop):
                continue
            row = parse(text)
            if row:
                row.update(uid=uid, path=path)
                yield row


def _files(target: Target, folder: str) -> Iterator[str]:
    try:
        folder = target.realpath(folder)
        names = target.listdir(folder)
    except (Missing, Loop):
        return
    for name in names:
        yield folder + "/" + name


def parse(text: str) -> Dict[str, Value]:
    """Return the row of a file's content; an empty one where it is no private key."""
    key = private_key.examine(text)
    if key is None:
        return {}
    row: Dict[str, Value] = {
        "key_type": key.kind,
        "key_group_name": key.group,
        "key_length": key.bits,
        "key_security_bits": key.security,
    }
    if key.encrypted is not None:
        row["encrypted"] = int(key.encrypted)
    return row
