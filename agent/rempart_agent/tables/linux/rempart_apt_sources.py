"""Table rempart_apt_sources: where apt takes packages from, with the options that say how far it trusts them.

Source: ``/etc/apt/sources.list``, then ``/etc/apt/sources.list.d/*.list`` and ``*.sources`` in order of name
(sources.list(5)), or what ``Dir::Etc`` names in their place. One row for each type, URI and suite. An entry that is
commented out is none; one that is turned off by ``Enabled: no`` has ``enabled`` 0. ``trusted``, ``allow_insecure``,
``allow_weak`` and ``allow_downgrade`` are ``yes``, ``no`` or empty where the entry does not say. ``signed_by`` is
``embedded`` where the key itself stands in the entry. No file: no rows.
"""

import re
import stat
from typing import Iterator, List

from rempart_agent.models.apt import config
from rempart_agent.models.apt.sources import parse_lines, parse_stanzas
from rempart_agent.models.apt.word import Refused
from rempart_agent.readers.files import apt_config
from rempart_agent.readers.packages import apt_settings
from rempart_agent.source.contract import INTEGER, TEXT, Column, Malformed, Missing, Query, Row
from rempart_agent.source.target import Target

OFFLINE = "full"
COLUMNS = (
    Column("source", TEXT),
    Column("line", INTEGER),
    Column("format", TEXT),
    Column("type", TEXT),
    Column("uri", TEXT, command=True),
    Column("suite", TEXT),
    Column("components", TEXT),
    Column("enabled", INTEGER),
    Column("trusted", TEXT),
    Column("allow_insecure", TEXT),
    Column("signed_by", TEXT),
    Column("allow_weak", TEXT),
    Column("allow_downgrade", TEXT),
    Column("architectures", TEXT),
)

MAIN = "/etc/apt/sources.list"
PARTS = "/etc/apt/sources.list.d"

_NAME = re.compile(r"[A-Za-z0-9_:-][A-Za-z0-9_:.-]*\.(?:list|sources)$")


def rows(target: Target, query: Query) -> Iterator[Row]:
    """See Table.rows: one row for each type, URI and suite of each entry."""
    values = apt_settings.values(target)
    main, parts = config.place(values, "Dir::Etc::sourcelist"), config.place(values, "Dir::Etc::sourceparts")
    for path in [*_main(target, main), *apt_config.part_files(target, parts.rstrip("/"), _NAME)]:
        read = parse_stanzas if path.endswith(".sources") else parse_lines
        try:
            found = list(read(target.text(path), path))
        except Refused as error:
            raise Malformed(str(error)) from error
        for row in found:
            row["source"] = path
            yield row


def _main(target: Target, path: str) -> List[str]:
    """Return the main file where it is there and a file: ``/dev/null`` stands for none."""
    try:
        return [path] if stat.S_ISREG(target.stat(path).st_mode) else []
    except Missing:
        return []
