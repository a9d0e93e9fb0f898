"""Table user_ssh_keys: private keys in the users' ``.ssh`` folders, and whether a passphrase protects each.

Every file there whose content is a private key is a row, whatever its name, for the accounts that ``uid`` names, else
for all of them. See the table of the same name of Linux for the columns.
"""

import stat
from typing import Iterator

from rempart_agent.readers.windows import account
from rempart_agent.source.contract import BIGINT, INTEGER, TEXT, Column, Loop, Missing, Query, Row
from rempart_agent.source.target import Target
from rempart_agent.tables.linux.user_ssh_keys import parse

OFFLINE = "full"
COLUMNS = (
    Column("uid", BIGINT, argument=True),
    Column("path", TEXT),
    Column("encrypted", INTEGER),
    Column("key_type", TEXT),
    Column("key_group_name", TEXT),
    Column("key_length", INTEGER),
    Column("key_security_bits", INTEGER),
)


def rows(target: Target, query: Query) -> Iterator[Row]:
    """See Table.rows: one row for each private key."""
    wanted = query.equal("uid")
    for one in account.read(target):
        if wanted is not None and str(one.rid) not in wanted:
            continue
        home = account.home(target, one)
        for path in _files(target, home + "\\.ssh") if home else ():
            try:
                if not stat.S_ISREG(target.stat(path).st_mode):
                    continue
                row = parse(target.text(path))
            except (Missing, Loop):
                continue
            if row:
                row.update(uid=one.rid, path=path)
                yield row


def _files(target: Target, folder: str) -> Iterator[str]:
    try:
        names = target.listdir(folder)
    except (Missing, Loop):
        return
    for name in names:
        yield folder + "\\" + name
