"""Table users: the accounts of the local user database.

Source: ``/etc/passwd`` (passwd(5)). Accounts of a directory service are not in it and not answered. Where osquery is
asked for one ``uid`` it gives the first account that has it; here all of them are rows, so that a second one of uid 0
can't hide.
"""

from typing import Dict, Iterator

from rempart_agent.readers.files import account
from rempart_agent.source.contract import BIGINT, INTEGER, TEXT, Column, Query, Row, Value
from rempart_agent.source.target import Target

OFFLINE = "full"
COLUMNS = (
    Column("uid", BIGINT, index=True),
    Column("gid", BIGINT),
    Column("uid_signed", BIGINT),
    Column("gid_signed", BIGINT),
    Column("username", TEXT, index=True),
    Column("description", TEXT),
    Column("directory", TEXT),
    Column("shell", TEXT),
    Column("uuid", TEXT, index=True, collate="nocase"),
    Column("include_remote", INTEGER, hidden=True),
    Column("pid_with_namespace", INTEGER, hidden=True),
)


def rows(target: Target, query: Query) -> Iterator[Row]:
    """See Table.rows: one row for each account."""
    return parse(target.text(account.PASSWD))


def parse(text: str) -> Iterator[Dict[str, Value]]:
    """Parse passwd(5); a line that the C library would not take is left out, as there."""
    for user in account.parse_accounts(text):
        yield {
            "uid": user.uid,
            "gid": user.gid,
            "uid_signed": account.signed(user.uid),
            "gid_signed": account.signed(user.gid),
            "username": user.name,
            "description": user.description,
            "directory": user.directory,
            "shell": user.shell,
        }
