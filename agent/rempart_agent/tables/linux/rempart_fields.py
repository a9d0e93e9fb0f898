r"""Table rempart_fields: the fields of files whose lines are words parted by blanks (fstab, crypttab, exports).

A line that begins with ``#`` is a comment, and so is what follows a ``#`` after a blank. A backslash at the end of a
line joins the next one. ``\040`` and the like are decoded in fields (fstab(5)); a word that begins with a double quote
reaches to the next one and loses both (exports(5)). ``text`` is the line as written, without its
comment. The value of an option that is a password (``password=…`` of a network share) is left out.
"""

import re
from typing import Dict, Iterator, List, Tuple

from rempart_agent.formats import option
from rempart_agent.readers.files import pattern
from rempart_agent.source.contract import INTEGER, TEXT, Column, Query, Row, Value
from rempart_agent.source.target import Target

OFFLINE = "full"
FIELDS = 8
COLUMNS = (
    Column("path", TEXT, argument=True, required=True),
    Column("line", INTEGER),
    Column("count", INTEGER),
    *(Column("f{}".format(n), TEXT) for n in range(1, FIELDS + 1)),
    Column("text", TEXT),
)

_WORD = re.compile(r'"([^"]*)"(?=\s|$)|(#.*)|(\S+)', re.DOTALL)
_OCTAL = re.compile(r"(?:\\[0-3][0-7]{2})+")


def rows(target: Target, query: Query) -> Iterator[Row]:
    """See Table.rows: one row for each line with words of the files that the statement names."""
    for path, text in pattern.texts(target, query):
        for row in parse(text):
            row["path"] = path
            yield row


def parse(text: str) -> Iterator[Dict[str, Value]]:
    """Parse a file of words parted by blanks."""
    lines = text.split("\n")
    at = 0
    while at < len(lines):
        first, parts = at + 1, []
        while lines[at].rstrip("\r").endswith("\\") and at + 1 < len(lines) and not lines[at].lstrip().startswith("#"):
            parts.append(lines[at].rstrip("\r")[:-1])
            at += 1
        parts.append(lines[at])
        at += 1
        line = " ".join(parts)
        fields, end = split(line)
        if fields:
            row: Dict[str, Value] = {"line": first, "count": len(fields), "text": option.mask(line[:end].strip())}
            for number, field in enumerate(fields[:FIELDS], 1):
                row["f{}".format(number)] = option.mask(field)
            yield row


def split(line: str) -> Tuple[List[str], int]:
    """Return the fields of a line, decoded, and where its comment begins."""
    fields = []
    end = len(line)
    for found in _WORD.finditer(line):
        if found.group(2) is not None:
            end = found.start()
            break
        word = found.group(1)
        fields.append(_OCTAL.sub(_decoded, found.group(3) if word is None else word))
    return fields, end


def _decoded(found: "re.Match[str]") -> str:
    octal = found.group()
    return bytes(int(octal[at : at + 3], 8) for at in range(1, len(octal), 4)).decode("utf-8", "replace")
