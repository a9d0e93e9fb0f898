"""The row of a run: when it began and ended, how many hosts it asked, what they came to.

A run is one save, or a day's: then it grows with each save, and a host that is saved again counts as it is seen last.
"""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from sqlalchemy import Connection, bindparam, insert, select, update

from rempart_core.model.history import RunNumber
from rempart_store.schema.table import COUNTS, OPEN, visit
from rempart_store.schema.table import run as run_table

_SUMMED = (*COUNTS, "count_open")
_BEFORE = (
    select(visit)
    .where(visit.c.endpoint == bindparam("endpoint"), visit.c.run == bindparam("run"))
    .order_by(visit.c.time.desc())
    .limit(1)
)
_RUN = select(run_table).where(run_table.c.number == bindparam("run"))


class _Counted(NamedTuple):
    """What the newest visit of a host came to."""

    time: int
    silent: bool
    counts: Mapping[str, int]


class Tally:
    """Counts while a run is saved."""

    def __init__(self, connection: Connection, number: RunNumber, *, whole: bool, joined: bool) -> None:
        """Begin.

        Args:
            connection: In a transaction that writes.
            number: The run's.
            whole: Whether all checks of a profile were asked.
            joined: Whether the run's row is there already.
        """
        self._connection = connection
        self._number = number
        self._whole = whole
        self._joined = joined
        self._started: int | None = None
        self._ended: int | None = None
        self._silent: dict[int, bool] = {}  # one that is there twice counts once
        self._counts: dict[int, tuple[int, Mapping[str, int]]] = {}  # of each host the newest visit: its time, counts
        self._before: dict[int, _Counted] = {}

    def see(self, endpoint: int, started: int, ended: int, *, silent: bool) -> None:
        """Note that a host was asked.

        Args:
            endpoint: Its number.
            started: When that began.
            ended: When it ended.
            silent: Whether it gave no answer.
        """
        if self._joined and endpoint not in self._silent:
            self._read_before(endpoint)
        self._silent[endpoint] = silent
        self._started = started if self._started is None else min(self._started, started)
        self._ended = ended if self._ended is None else max(self._ended, ended)

    def count(self, endpoint: int, time: int, counts: Mapping[str, int]) -> None:
        """Note what a visit comes to; of a host the newest counts.

        Args:
            endpoint: The host's number.
            time: When.
            counts: The columns of the visit that count.
        """
        if time >= self._counts.get(endpoint, (0, {}))[0]:
            self._counts[endpoint] = time, counts

    def write(self, now: int) -> None:
        """Write the row.

        Args:
            now: Seconds since 1970: when a run was that asked nobody.
        """
        started, ended = (now if one is None else one for one in (self._started, self._ended))
        found = {one: self._newest(one) for one in self._silent}
        row = {"started": started, "ended": ended, "hosts": len(found), "silent": 0, **dict.fromkeys(_SUMMED, 0)}
        _add(row, found.values(), 1)
        if not self._joined:
            self._connection.execute(insert(run_table), {"number": self._number, "whole": self._whole, **row})
            return
        old = self._connection.execute(_RUN, {"run": self._number}).mappings().one()
        _add(row, self._before.values(), -1)
        row["hosts"] -= len(self._before)
        values = {name: old[name] + row[name] for name in ("hosts", "silent", *_SUMMED)}
        values |= {"started": min(old["started"], started), "ended": max(old["ended"], ended)}
        values["whole"] = old["whole"] and self._whole
        self._connection.execute(update(run_table).where(run_table.c.number == self._number).values(values))

    def _newest(self, endpoint: int) -> _Counted:
        time, counts = self._counts.get(endpoint, (0, {}))
        before = self._before.get(endpoint)
        if before is not None and before.time > time:
            return before
        return _Counted(time, self._silent[endpoint], counts)

    def _read_before(self, endpoint: int) -> None:
        """Read what an earlier save of the same run saw of a host."""
        row = self._connection.execute(_BEFORE, {"endpoint": endpoint, "run": self._number}).mappings().first()
        if row is not None:
            counts = {name: row[name] for name in (*COUNTS, *OPEN)}
            self._before[endpoint] = _Counted(row["time"], row["silent"], counts)


def _add(row: dict[str, int], found: Iterable[_Counted], sign: int) -> None:
    for one in found:
        row["silent"] += sign * one.silent
        for name in COUNTS:
            row[name] += sign * one.counts.get(name, 0)
        row["count_open"] += sign * sum(one.counts.get(name, 0) for name in OPEN)
