"""An engine whose answers came before: what a node's osqueryd wrote, each by the digest of its statement."""

import json
from collections.abc import Mapping
from functools import lru_cache

import msgspec

from rempart_agent.engine import DEADLINE, MAX_ROWS, Deferred, Engine
from rempart_agent.engines.osquery.answers import row_failure
from rempart_agent.engines.osquery.failures import order_columns, sort_failure
from rempart_core.json_value import JsonObject
from rempart_core.messages.message import Message
from rempart_core.model.result import Answer, EngineIdentity, Failure
from rempart_server.auditor import digest_of
from rempart_store.server.audit import ANSWERED, DENYLISTED, FAILED, HIDDEN, UNANSWERED, Stored

_ROWS = msgspec.json.Decoder(list[dict[str, str]])


class AnsweredEngine(Engine):
    """What a node answered.

    Attributes:
        wanted: Statements that were asked and have no answer yet.
    """

    def __init__(
        self,
        answers: Mapping[bytes, Stored],
        identity: EngineIdentity,
        platform: str,
        *,
        last: bool = False,
        whys: JsonObject | None = None,
    ) -> None:
        """Take the answers.

        Args:
            answers: By the statement's digest.
            identity: Who answered.
            platform: The node's: what osquery lacks is told for it, not for this machine.
            last: Whether nothing more will come: what was not answered is a failure then.
            whys: See ``Answer.whys``; None for none.
        """
        self._answers = answers
        self._identity = identity
        self._platform = platform
        self._last = last
        self._whys = whys or {}
        self.wanted: list[str] = []

    def identity(self) -> EngineIdentity:
        """See Engine.identity."""
        return self._identity

    def query(self, sql: str, deadline: float = DEADLINE, max_rows: int = MAX_ROWS) -> Answer:
        """See Engine.query; raises ``Deferred`` for what is not answered yet."""
        found = self._answers.get(digest_of(sql))
        if found is None and not self._last:
            self.wanted.append(sql)
            raise Deferred
        failure = failure_of(found or Stored(UNANSWERED), sql, self._identity.version, self._platform)
        if failure is not None or found is None:
            return Answer(failure=failure)
        rows = _ROWS.decode(found.rows)
        if len(rows) > max_rows:
            return Answer(failure=Failure.of("limit", Message("engine.too_many_rows", count=str(max_rows))))
        columns = _order(sql, tuple(dict.fromkeys(name for row in rows for name in row)))
        return Answer(columns, [tuple([row.get(name, "") for name in columns]) for row in rows], whys=self._whys)


_UNUSABLE = {
    "status": Message("server_audit.unusable_status"),
    "rows": Message("server_audit.unusable_rows"),
    "row": Message("server_audit.unusable_row"),
    "columns": Message("server_audit.unusable_columns"),
    "too_large": Message("server_audit.unusable_large"),
    "undecodable": Message("server_audit.unusable_packed"),
    "unreadable": Message("server_audit.unusable_json"),
    "unserved": Message("server_audit.extra_unserved"),
    "replaced": Message("server_audit.extra_replaced"),
}
"""Why an answer could not be taken, by what the store says of it."""


@lru_cache(maxsize=4096)
def _order(sql: str, names: tuple[str, ...]) -> tuple[str, ...]:
    """Return the names of an answer's columns in the order of the statement, which many nodes are asked."""
    told = order_columns(sql, names)
    return tuple(dict.fromkeys(told)) if told is not None and set(told) == set(names) else names


_sort = lru_cache(maxsize=4096)(sort_failure)


def failure_of(stored: Stored, sql: str, version: str, platform: str) -> Failure | None:
    """Return why a statement has no rows to judge; None where it has.

    Args:
        stored: What became of it.
        sql: The statement.
        version: osquery's release.
        platform: The node's.
    """
    if stored.status == ANSWERED:
        return None
    if stored.status == FAILED:
        return _sort(stored.said, sql, version, platform)
    if stored.status == DENYLISTED:
        return Failure("denylisted", stored.said)
    if stored.status == HIDDEN:
        return row_failure(json.loads(stored.said))
    if stored.status == UNANSWERED:
        return Failure.of("unanswered", Message("server_audit.unanswered"))
    return Failure.of("engine", _UNUSABLE.get(stored.said, _UNUSABLE["unreadable"]))
