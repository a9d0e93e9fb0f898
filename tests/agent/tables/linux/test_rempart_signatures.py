"""Table rempart_signatures: databases of ClamAV, whole, cut and made up."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from rempart_agent.source.contract import Constraint, Denied, Query
from rempart_agent.tables.linux import rempart_signatures
from rempart_agent.targets.root import RootTarget

RootOf = Callable[[Mapping[str, "str | bytes"]], RootTarget]
BODY = bytes(range(256)) * 400
ARCHIVE = (b"daily.info".ljust(124, b"\0") + b"00000000100\0").ljust(257, b"\0") + b"ustar\0" + b"\0" * 100_000


def _header(body: bytes, made: str = "22 Nov 2026 03-27 -0400", stime: str = "1795332420", digest: str = "") -> bytes:
    sums = digest or hashlib.md5(body).hexdigest()  # noqa: S324 - the format's own
    return f"ClamAV-VDB:{made}:27600:2070000:90:{sums}:dsig:raynman:{stime}".encode().ljust(512)


def _ask(target: RootTarget, path: str) -> list[dict[str, Any]]:
    columns = frozenset(c.name for c in rempart_signatures.COLUMNS)
    return [dict(row) for row in rempart_signatures.rows(target, Query(columns, (Constraint("path", "=", (path,)),)))]


def test_a_database_says_when_it_was_made_and_is_held_against_its_digest(root_of: RootOf) -> None:
    [row] = _ask(root_of({"/db/daily.cvd": _header(BODY) + BODY}), "/db/daily.cvd")
    assert (row["built"], row["version"], row["signatures"], row["whole"]) == (1795332420, 27600, 2070000, 1)


def test_the_written_time_counts_where_there_is_no_number(root_of: RootOf) -> None:
    [row] = _ask(root_of({"/db/daily.cvd": _header(BODY, stime="") + BODY}), "/db/daily.cvd")
    assert row["built"] == 1795332420


def test_an_incremental_database_is_an_archive(root_of: RootOf) -> None:
    [row] = _ask(root_of({"/db/daily.cld": _header(ARCHIVE) + ARCHIVE}), "/db/daily.cld")
    assert row["whole"] == 1


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("daily.cvd", b""),
        ("daily.cvd", b"ClamAV-VDB\0"),
        ("daily.cvd", b"x" * 100_000),
        ("daily.cvd", _header(BODY) + BODY[:-9]),
        ("daily.cvd", _header(b"") + b""),
        ("daily.cld", _header(BODY) + b"x" * 100_000),
        ("daily.cld", _header(ARCHIVE) + ARCHIVE[:900]),
    ],
)
def test_what_is_empty_cut_or_made_up_is_not_whole(root_of: RootOf, name: str, content: bytes) -> None:
    [row] = _ask(root_of({"/db/" + name: content}), "/db/" + name)
    assert row["whole"] == 0
    assert row["why"]


def test_no_file_no_row(root_of: RootOf) -> None:
    assert _ask(root_of({"/db/x": ""}), "/db/daily.cvd") == []


def test_a_file_that_may_not_be_read_is_an_error(root_of: RootOf, deny: Callable[[RootTarget, str], None]) -> None:
    target = root_of({"/db/daily.cvd": _header(BODY) + BODY})
    deny(target, "/db/daily.cvd")
    with pytest.raises(Denied):
        _ask(target, "/db/daily.cvd")
