"""One statement's answer, as a node wrote it: rows, or why there are none. Nothing of it is believed."""

from collections.abc import Mapping
from hashlib import blake2b
from typing import NamedTuple

import msgspec

from rempart_agent.formats.mask import mask_text
from rempart_core.text import clean_line
from rempart_store.server.audit import ANSWERED, DENYLISTED, FAILED, UNUSABLE, Stored

_DENYLISTED = "distributed query is denylisted"
_MOST_SAID = 1_000  # characters of what osquery says
_MOST_CLEAN = 20_000
_clean: set[bytes] = set()
"""Digests of rows that hold no secret: most rows are those of another machine, or of yesterday."""


class Written(NamedTuple):
    """What a node wrote: four mappings by the ids of statements, whose values may be anything.

    Attributes:
        queries: Rows.
        statuses: 0 where osquery answered.
        messages: Its words where it failed.
        stats: What each took.
    """

    queries: Mapping[str, object]
    statuses: Mapping[str, object]
    messages: Mapping[str, object]
    stats: Mapping[str, object]


def read_all(written: Written) -> dict[str, Stored]:
    """Return what became of all statements of which anything is told, by id.

    Args:
        written: What the node wrote.
    """
    return {id_: read_answer(written, id_) for id_ in {**written.queries, **written.statuses}}


def read_answer(written: Written, id_: str) -> Stored:
    """Return what became of a statement.

    Args:
        written: What the node wrote.
        id_: The statement's.
    """
    status = written.statuses.get(id_)
    if not isinstance(status, int) or isinstance(status, bool):
        return Stored(UNUSABLE, "status")
    if status != 0:
        said = written.messages.get(id_)
        words = clean_line(said if isinstance(said, str) else "")[:_MOST_SAID]
        return Stored(DENYLISTED if _DENYLISTED in words else FAILED, words or f"status {status}")
    rows = written.queries.get(id_)
    if not isinstance(rows, list):
        return Stored(UNUSABLE, "rows")
    if not all(isinstance(row, dict) and _is_text(row) for row in rows):
        return Stored(UNUSABLE, "row")
    if len({frozenset(row) for row in rows}) > 1:  # each row of a statement has its columns, and no other ones
        return Stored(UNUSABLE, "columns")
    return Stored(ANSWERED, rows=pack_rows(rows))


def _is_text(row: Mapping[object, object]) -> bool:
    return all(isinstance(name, str) and isinstance(value, str) for name, value in row.items())


def pack_rows(rows: list[dict[str, str]]) -> bytes:
    """Return rows as JSON, with what has the form of a secret masked before it is kept.

    Args:
        rows: Texts by column.
    """
    try:
        data = msgspec.json.encode(rows)
        known = blake2b(data, digest_size=16).digest()
    except UnicodeEncodeError:  # half of a character, which JSON can escape and UTF-8 can't hold
        data = known = b""
    if known in _clean:
        return data
    whole = "\n".join([value for row in rows for value in row.values() if value])
    if whole and mask_text(whole) != whole:
        rows = [{name: mask_text(value) for name, value in row.items()} for row in rows]
    elif known:
        if len(_clean) >= _MOST_CLEAN:
            _clean.clear()
        _clean.add(known)
    if not known:
        rows = [{_whole(name): _whole(value) for name, value in row.items()} for row in rows]
    return msgspec.json.encode(rows)


def _whole(text: str) -> str:
    return text.encode("utf-8", "replace").decode()
