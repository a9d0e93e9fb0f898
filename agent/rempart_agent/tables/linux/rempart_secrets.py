"""Table rempart_secrets: private keys, tokens and passwords that lie in files.

``path`` is a directory, which is searched with all below it, a file, or a LIKE pattern of such (``/home/%/.aws``);
``/etc/%%`` is ``/etc`` with all below it. A row names a secret by its rule, its line and a fingerprint, and never shows
it; the rules stand in :mod:`rempart_agent.formats.token_rules`. Passwords in source code and prose are not looked for.

One row with an empty ``rule`` is the witness of each asked path: how many files were ``scanned`` and ``skipped``, why,
with some ``examples``, and ``complete``: 1 when the place exists and every file in it was read whole. Programs and
other files that are no text are read too, for keys and tokens that have a mark of their own, in UTF-16 too. ``packed``
counts archives and compressed files: zip, tar, cpio, packages of Debian, gzip, xz, bzip2, Zstandard and LZ4 are opened,
one in another, and ``file`` names a member behind ``!/``. ``unopened`` counts those that were not read whole, ``large``
the files that were left out for their size; ``stopped`` is 1 where a bound ended the search. Of an image of layers
``layer`` is the digest of the one that holds the file, and ``deleted`` tells that a later one deletes it; with ``/``
the texts of the image's configuration are searched too, ``file`` is ``(image configuration)/Env`` then. Links are not
followed, and ``/proc``, ``/sys`` and ``/dev`` of a tree are not entered. A file with several names is read once.
``max_seconds`` bounds the search where a statement says so.
"""

from typing import Iterator, List

from rempart_agent.readers.files import pattern, secret_search
from rempart_agent.readers.files.secret_search import Search
from rempart_agent.said import Why, enumerated
from rempart_agent.source.contract import (
    INTEGER,
    TEXT,
    Column,
    Denied,
    Query,
    Row,
)
from rempart_agent.source.target import Target

OFFLINE = "full"
COLUMNS = (
    Column("path", TEXT, argument=True, required=True),
    Column("file", TEXT),
    Column("rule", TEXT),
    Column("line", INTEGER),
    Column("fingerprint", TEXT),
    Column("layer", TEXT),
    Column("deleted", INTEGER),
    Column("scanned", INTEGER),
    Column("skipped", INTEGER),
    Column("skipped_why", TEXT),
    Column("complete", INTEGER),
    Column("stopped", INTEGER),
    Column("packed", INTEGER),
    Column("unopened", INTEGER),
    Column("large", INTEGER),
    Column("examples", TEXT),
    Column("max_seconds", INTEGER, argument=True),
)
NO_END = 1 << 30  # seconds


def rows(target: Target, query: Query) -> Iterator[Row]:
    """See Table.rows: one row for each secret, and a witness row for each path that the statement asks."""
    asked_seconds = query.equal("max_seconds")
    seconds = min((int(value) for value in asked_seconds or () if value.isdigit()), default=NO_END)
    for path in query.equal("path") or ():
        yield from _answer(target, path, [path], _is_there(target, path), seconds)
    for asked in query.like("path") or ():
        base = asked[: (asked + "%").index("%")].rpartition("/")[0] or "/"
        whole = asked.endswith("/%%") and "%" not in asked[:-2]
        places = [base] if whole else _outermost(pattern.expand(target, [asked]))
        yield from _answer(target, asked, places, _is_there(target, base), seconds)


def _outermost(paths: List[str]) -> List[str]:
    """Return sorted paths without those that lie in a directory among them."""
    kept: List[str] = []
    for path in paths:
        if not (kept and kept[-1].endswith("/") and path.startswith(kept[-1])):
            kept.append(path)
    return kept


def _is_there(target: Target, path: str) -> bool:
    try:
        return target.exists(path)
    except Denied:
        return True  # and unreadable, which the search will find


def _answer(target: Target, path: str, places: List[str], there: bool, seconds: int) -> Iterator[Row]:
    search = Search(target, seconds)
    for place in places:
        if there:
            search.all(place)
        else:
            search.deleted(place)
    bound = {} if seconds == NO_END else {"max_seconds": seconds}
    for file, (rule, line, fingerprint), layer, deleted in search.findings:
        yield {
            "path": path,
            "file": _shown(file),
            "rule": rule,
            "line": line,
            "fingerprint": fingerprint,
            "layer": layer,
            "deleted": int(deleted),
            **bound,
        }
    why: List[str] = [
        Why("{count} {what}", count=count, what=reason) for reason, count in sorted(search.skipped.items())
    ]
    if search.limit:
        why.insert(0, search.limit)
    if not there:
        why.insert(0, Why("nothing is there"))
    yield {
        "path": path,
        "scanned": search.scanned,
        "skipped": sum(search.skipped.values()),
        "skipped_why": enumerated(why),
        "complete": int(there and not search.skipped and not search.limit),
        "stopped": int(bool(search.limit)),
        "packed": search.packed,
        "unopened": search.skipped.get(secret_search.PACKED, 0),
        "large": search.skipped.get(secret_search.LARGE, 0),
        "examples": ", ".join(_shown(file) for file in search.examples),
        **bound,
    }


def _shown(file: str) -> str:
    return file.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
