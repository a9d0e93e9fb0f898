"""What osquery hides of an extension's tables: a source that could not be read answers no rows, and no error.

So a batch that asks our extra tables asks the errors of whoever serves them first and last, and a statement counts as
answered only where the same process served them all the time and had no new error of a table that it names. See
:mod:`rempart_agent.engines.osquery.served`.
"""

import json
import re
from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple

import msgspec

from rempart_agent.engines.osquery.answers import extra_tables
from rempart_core.json_value import Json
from rempart_server.auditor import digest_of
from rempart_store.server.audit import ANSWERED, HIDDEN, UNUSABLE, Stored

_ERRORS = "SELECT instance, number, table_name, kind, message, said FROM rempart_errors -- "
TEXTS = {digest_of(sql).hex(): sql for sql in (_ERRORS + "before", _ERRORS + "after")}
"""The first and the last statement of such a batch, by digest."""
BEFORE, AFTER = TEXTS
_WHY = "why"  # a row that explains a text, and is no error
_LONGEST = 4_000  # characters of a text of an error
_NUMBER = re.compile(r"[0-9]{1,18}")
_ROWS = msgspec.json.Decoder(list[dict[str, str]])


class _Errors(NamedTuple):
    """What whoever serves the tables knows of errors.

    Attributes:
        instance: The process that serves them.
        rows: The errors by number.
    """

    instance: str
    rows: list[tuple[int, dict[str, str]]]


def find_extras(texts: Mapping[str, str]) -> dict[str, list[str]]:
    """Return the extra tables that statements name, by digest; those that name none are left out.

    Args:
        texts: Statements by digest.
    """
    found = {digest: _tables_of(sql) for digest, sql in texts.items()}
    return {digest: list(tables) for digest, tables in found.items() if tables}


@lru_cache(maxsize=4096)
def _tables_of(sql: str) -> tuple[str, ...]:
    """Return the extra tables of a statement, which many nodes are asked."""
    return tuple(sorted(extra_tables(sql)))


def find_hidden(
    answers: Mapping[str, Stored], given: Mapping[str, str], extras: Mapping[str, list[str]]
) -> dict[str, Stored]:
    """Return the statements that osquery calls answered and that are not, by digest, and why.

    Args:
        answers: What the node wrote, by id.
        given: The batch: digest by id.
        extras: The extra tables that its statements name, by digest.
    """
    ids = {digest: id_ for id_, digest in given.items()}
    asked = [digest for digest in extras if digest in ids]
    answered = [digest for digest in asked if answers[ids[digest]].status == ANSWERED]
    if not answered:
        return {}
    before, after = _read(answers, ids.get(BEFORE)), _read(answers, ids.get(AFTER))
    if before is None or after is None:
        lost = "unserved"
    elif before.instance != after.instance:
        lost = "replaced"
    else:
        last = max(number for number, _ in before.rows)
        new = [row for number, row in after.rows if number > last and row.get("kind") != _WHY]
        return {digest: _tell(rows[0]) for digest in answered if (rows := _of(extras[digest], new))}
    return {digest: Stored(UNUSABLE, lost) for digest in answered}


def find_whys(answers: Mapping[str, Stored], given: Mapping[str, str]) -> dict[str, str]:
    """Return what texts of rows say, by the text, each as JSON: sentences of ours that tables handed out.

    Args:
        answers: What the node wrote, by id.
        given: The batch: digest by id.
    """
    after = _read(answers, next((id_ for id_, digest in given.items() if digest == AFTER), None))
    rows = [row for _, row in after.rows if row.get("kind") == _WHY] if after is not None else []
    told = {row.get("message", ""): row.get("said", "") for row in rows}
    return {text: said for text, said in told.items() if text and len(text) + len(said) <= _LONGEST}


def read_whys(told: Mapping[str, str]) -> dict[str, Json]:
    """Return the same as data; what is no JSON is left out.

    Args:
        told: See ``find_whys``.
    """
    found: dict[str, Json] = {}
    for text, said in told.items():
        try:
            found[text] = json.loads(said)
        except (ValueError, RecursionError):
            continue
    return found


def _of(tables: list[str], new: list[dict[str, str]]) -> list[dict[str, str]]:
    return [row for row in new if row.get("table_name", "").lower() in tables]


def _tell(row: dict[str, str]) -> Stored:
    kept = {name: row.get(name, "")[:_LONGEST] for name in ("kind", "message", "said")}
    return Stored(HIDDEN, json.dumps(kept))


def _read(answers: Mapping[str, Stored], id_: str | None) -> _Errors | None:
    """Return the errors of an answer; None where it is none, or does not name who answers."""
    answer = None if id_ is None else answers.get(id_)
    if answer is None or answer.status != ANSWERED:
        return None
    told = _ROWS.decode(answer.rows)
    rows = [(int(row["number"]), row) for row in told if _NUMBER.fullmatch(row.get("number", ""))]
    instances = {row.get("instance", "") for _, row in rows}
    first = [row for number, row in rows if number == 0]
    if len(instances) != 1 or len(first) != 1 or not first[0].get("instance"):
        return None
    return _Errors(first[0]["instance"], rows)
