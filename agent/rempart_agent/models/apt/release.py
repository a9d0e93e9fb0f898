"""Reads (In)Release files: what an archive says of its lists (Debian's "Repository Format")."""

import re
from typing import Dict, NamedTuple, Optional

_ENTRY = re.compile(r"^ +([0-9a-f]{64})[ \t]+([0-9]+)[ \t]+(\S+)[ \t\r]*$", re.MULTILINE)
_FIELD = re.compile(r"^([A-Za-z-]+):[ \t]*(.*?)[ \t\r]*$", re.MULTILINE)
_SECTION = re.compile(r"^SHA256:[ \t\r]*\n((?: .*\n?)*)", re.MULTILINE)
_SIGNED = "-----BEGIN PGP SIGNED MESSAGE-----"
_SIGNATURE = "-----BEGIN PGP SIGNATURE-----"


class Entry(NamedTuple):
    """What an archive says of one of its files."""

    sha256: str
    size: int


class Release(NamedTuple):
    """An archive's own description.

    Attributes:
        fields: Its fields, names in small letters, the first of each name.
        entries: Its files by name (``main/binary-amd64/Packages``), as far as SHA-256 is given.
        whole: Whether the file is there to its end: an InRelease file has its signature.
    """

    fields: Dict[str, str]
    entries: Dict[str, Entry]
    whole: bool


def parse(text: str, *, inline: bool) -> Release:
    """Parse a Release file; ``inline`` is true for InRelease, which is signed within.

    Args:
        text: All of the file.
        inline: Whether the signature stands around it.
    """
    whole = True
    if inline:
        body, found, rest = text.partition(_SIGNATURE)
        whole = text.lstrip().startswith(_SIGNED) and bool(found) and "-----END PGP SIGNATURE-----" in rest
        text = body.partition("\n\n")[2] if body.lstrip().startswith(_SIGNED) else body
    fields: Dict[str, str] = {}
    head = text.partition("\nSHA256:")[0].partition("\nMD5Sum:")[0]
    for name, value in _FIELD.findall(head):
        fields.setdefault(name.lower(), value)
    section = _SECTION.search(text)
    entries = {}
    if section:
        for digest, size, name in _ENTRY.findall(section.group(1)):
            entries[name] = Entry(digest, int(size))
    return Release(fields, entries, whole)


def seconds(date: str) -> Optional[int]:
    """Return a date of a Release file (``Wed, 25 Nov 2026 22:33:13 UTC``) in seconds since 1970, or None."""
    from email.utils import mktime_tz, parsedate_tz

    try:
        parsed = parsedate_tz(date)
        return int(mktime_tz(parsed)) if parsed else None
    except (ValueError, OverflowError, TypeError):
        return None
