"""Table extended_attributes: the extended attributes of the files that a statement names (xattr(7)).

Paths are named as in the table ``file``; links are followed. The attribute ``security.capability`` is told as
getcap(8) tells it. Any other value is text (``base64`` 0) only where it ends in a NUL and has nothing but printable
ASCII before that; else it is in base64, without that NUL, as in osquery. ``directory = …`` lists what is in it.
"""

import base64
from typing import Dict, Iterator, List, Optional

from rempart_agent.models import file_capability
from rempart_agent.readers.files import pattern
from rempart_agent.source.contract import INTEGER, TEXT, Column, Loop, Missing, Query, Row, Value
from rempart_agent.source.target import Target
from rempart_agent.tables.linux import file

OFFLINE = "part"
COLUMNS = (
    Column("path", TEXT, argument=True, required=True),
    Column("directory", TEXT, argument=True, required=True),
    Column("key", TEXT),
    Column("value", TEXT),
    Column("base64", INTEGER),
)
CAPABILITY = "security.capability"


def rows(target: Target, query: Query) -> Iterator[Row]:
    """See Table.rows: one row for each attribute of each file that exists.

    Raises:
        NotObservable: the target is an image, of which attributes are read by name alone.
    """
    for path in _named(target, query):
        try:
            real = target.realpath(path)
            names = target.xattrs(real)
        except (Missing, Loop):
            continue
        for name in names:
            value = target.xattr(real, name)
            if value is not None:  # taken away meanwhile
                yield {"path": path, "directory": file.parent(path), **describe(name, value)}


def _named(target: Target, query: Query) -> List[str]:
    if query.equal("directory") is not None or query.like("directory") is not None:
        return [path for folder in pattern.folders(target, query) for path in file.children(target, folder)]
    return pattern.paths(target, query)


def describe(name: str, value: bytes) -> Dict[str, Value]:
    """Return an attribute as osquery writes it.

    Args:
        name: With its namespace.
        value: Its bytes.
    """
    text = capabilities(value) if name == CAPABILITY else None
    if text is None:
        text = _printable(value)
    if text is not None:
        return {"key": name, "value": text, "base64": 0}
    bare = value[:-1] if value.endswith(b"\0") else value
    return {"key": name, "value": base64.b64encode(bare).decode("ascii"), "base64": 1}


def capabilities(value: bytes) -> Optional[str]:
    """Return what the attribute of capabilities gives; None for what the kernel refuses."""
    found = file_capability.parse(value)
    return None if found is None else file_capability.full_text(found)


def _printable(value: bytes) -> Optional[str]:
    if not value.endswith(b"\0") or any(not 0x20 <= byte < 0x7F for byte in value[:-1]):
        return None
    return value[:-1].decode("ascii")
