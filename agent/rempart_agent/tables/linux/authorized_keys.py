"""Table authorized_keys: the public keys that open an account over SSH.

Sources: ``~/.ssh/authorized_keys`` and ``authorized_keys2`` (sshd(8)) of the users that ``uid`` names, else of the one
that runs; sshd's AuthorizedKeysFile is not followed. Types are found anywhere in a line, as in osquery, and the same
ones, with those of security keys (``sk-…``) added: sshd takes them, a table that left them out would hide a way in.
"""

import re
import stat
from typing import Dict, Iterator, Optional

from rempart_agent.formats.line import trimmed
from rempart_agent.readers.files import account
from rempart_agent.source.contract import BIGINT, INTEGER, TEXT, Column, Loop, Missing, Query, Row, Value
from rempart_agent.source.target import Target

OFFLINE = "full"
COLUMNS = (
    Column("uid", BIGINT, argument=True),
    Column("algorithm", TEXT),
    Column("key", TEXT),
    Column("options", TEXT, command=True),  # command=, environment=
    Column("comment", TEXT),
    Column("key_file", TEXT),
    Column("pid_with_namespace", INTEGER, hidden=True),
)

FILES = ("/.ssh/authorized_keys", "/.ssh/authorized_keys2")
TYPES = (
    "ssh-rsa",
    "ssh-ed25519",
    "ecdsa-sha2-nistp256",
    "ecdsa-sha2-nistp384",
    "ecdsa-sha2-nistp521",
    "sk-ssh-ed25519@openssh.com",
    "sk-ecdsa-sha2-nistp256@openssh.com",
)
_BLANKS = " \t"


def rows(target: Target, query: Query) -> Iterator[Row]:
    """See Table.rows: one row for each key."""
    for uid, home in account.homes(target, query):
        for name in FILES:
            text = _text(target, home + name)
            for row in parse(text or ""):
                row.update(uid=uid, key_file=home + name)
                yield row


def _text(target: Target, path: str) -> Optional[str]:
    try:
        if stat.S_ISREG(target.stat(path).st_mode):  # sshd opens nothing else either
            return target.text(path)
    except (Missing, Loop):
        pass
    return None


def parse(text: str) -> Iterator[Dict[str, Value]]:
    """Parse the format of authorized_keys: options, type, key, comment."""
    for line in trimmed(text):
        if line[0] == "#":
            continue
        row = _key(line)
        if row:
            yield row
        elif any(option.startswith("zos-key-ring-label=") for option in line.split(",")):
            yield {"options": line}


def _key(line: str) -> Optional[Dict[str, Value]]:
    for kind in TYPES:
        at = line.find(kind)
        end = at + len(kind)
        if at < 0 or line[end : end + 1] not in (" ", "\t"):
            continue
        key, comment = [*re.split(r"[ \t]+", line[end:].lstrip(_BLANKS), maxsplit=1), ""][:2]
        return {"algorithm": kind, "options": line[:at].rstrip(_BLANKS), "key": key, "comment": comment}
    return None
