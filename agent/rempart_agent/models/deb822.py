"""Reads the stanzas of Debian's control files (deb822(5)): dpkg's status, Release files, ``.sources`` files."""

from typing import Dict, Iterator, Tuple


def stanzas(text: str) -> Iterator[Tuple[int, Dict[str, str]]]:
    r"""Return each stanza with the number of its first line.

    Field names are in lower case; of two fields of one name the last counts. A value has its outer blanks stripped; the
    lines that continue it follow after ``\n``, stripped too, without comment lines. A line that is neither field nor
    continuation is left out.
    """
    fields: Dict[str, str] = {}
    name = ""
    first = 0
    for number, line in enumerate(text.split("\n"), 1):
        if line[:1] == "#":
            continue
        if not line.strip():
            if fields:
                yield first, fields
            fields, name = {}, ""
            continue
        if line[0] in " \t":
            if name:
                fields[name] += "\n" + line.strip()
            continue
        head, colon, value = line.partition(":")
        name = head.strip().lower() if colon else ""
        if name:
            if not fields:
                first = number
            fields[name] = value.strip()
    if fields:
        yield first, fields
