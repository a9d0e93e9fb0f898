"""How runs are saved: many hosts, one transaction, and only what changed is written.

A host whose whole answer says the same as the last one costs one row. For the others the open intervals are read, many
hosts at a time, and moved. What comes late (an agent's spool that is fetched days after) is put where it belongs in
time: see :mod:`rempart_store.write.replay`.
"""

import calendar
import time as clock
from collections.abc import Collection, Iterable
from typing import Any, NamedTuple

from sqlalchemy import Connection, and_, bindparam, delete, select, update

from rempart_core.model.history import RunNumber
from rempart_core.model.result import Result, Run, State, TargetIdentity
from rempart_core.text import clean_line
from rempart_store.schema.fingerprint import FAIL, describe, keep, mark_all, mark_one, number_severity, number_state
from rempart_store.schema.row import Checks, Details, add_rows, chunks, next_number
from rempart_store.schema.table import COUNTS, OPEN, endpoint, interval, pending, visit
from rempart_store.write import interval as timeline
from rempart_store.write import replay
from rempart_store.write.identity import Directory, Endpoint
from rempart_store.write.interval import Interval, Seen, Step, Visit
from rempart_store.write.pending_update import Updates, merge, read_updates
from rempart_store.write.signed_documents import Sealing
from rempart_store.write.tally import Tally

_BATCH = 100  # hosts that are looked up and written together
_LOOKED_UP = 100  # hosts up to which only their own endpoints are read, and not those of all the store
_DEFERRED = 200  # hosts whose identity is settled when the others are known
_AHEAD = 300  # seconds that a clock may be ahead


class _Seen(NamedTuple):
    """A host of a batch: its run, when, what of it, and where it is kept."""

    run: Run
    time: int
    silent: bool
    texts: list[str]
    endpoint: Endpoint
    updates: Updates | None


class Saving:
    """One save: :meth:`add` each host, then :meth:`finish`; all in the transaction of its connection."""

    def __init__(
        self,
        connection: Connection,
        number: RunNumber,
        whole: bool,
        sealing: Sealing | None,
        others: Collection[str] = (),
        joined: bool = False,
    ) -> None:
        """Get ready; nothing of the store's endpoints is read yet.

        Args:
            connection: In a transaction that writes.
            number: Of the run that is saved.
            whole: Whether all checks of a profile were asked.
            sealing: Signs the documents; None where none are.
            others: Names of hosts of the inventory that this run does not ask: a clone of one takes no history of it.
            joined: Whether the run is there already, and this is more of it.
        """
        self._connection = connection
        self._whole = whole
        self._sealing = sealing
        self._now = int(clock.time())
        self._number = number
        self._others = [clean_line(name) for name in others]
        self._first: list[Run] = []
        self._directory: Directory | None = None
        self._checks = Checks(connection)
        self._details = Details(connection)
        self._batch: list[_Seen] = []
        self._waiting: list[Run] = []
        self._touched: set[int] = set()
        self._tally = Tally(connection, number, whole=whole, joined=joined)

    def add(self, run: Run) -> None:
        """Take one host's run."""
        if self._sealing is not None:
            self._sealing.add(run, self._time(run))
        run = run._replace(target=_clean(run.target))
        if self._directory is not None:
            self._place(self._directory, run)
            return
        self._first.append(run)
        if len(self._first) > _LOOKED_UP:
            self._look_up(None)

    def _look_up(self, targets: list[TargetIdentity] | None) -> Directory:
        """Read endpoints, and place the runs that waited for that.

        Args:
            targets: Those that are saved, where that are all; None for many: all endpoints are read then.
        """
        query = select(endpoint).order_by(endpoint.c.seen)
        if targets is not None:
            ids = {one.machine_id for one in targets if one.machine_id}
            query = query.where(endpoint.c.name.in_({one.name for one in targets}) | endpoint.c.machine_id.in_(ids))
        rows = [dict(row) for row in self._connection.execute(query).mappings()]
        directory = self._directory = Directory(rows, lambda: next_number(self._connection, endpoint), self._others)
        first, self._first = self._first, []
        for run in first:
            self._place(directory, run)
        return directory

    def _place(self, directory: Directory, run: Run) -> None:
        if directory.knows_exactly(run.target) or len(self._waiting) >= _DEFERRED:
            self._take(directory, run)
        else:
            self._waiting.append(run)

    def finish(self) -> None:
        """Write the rest, and the row of the run itself."""
        directory = self._directory or self._look_up([run.target for run in self._first])
        for run in self._waiting:
            self._take(directory, run)
        self._flush()
        changed = [one for one in directory.endpoints if one.changed]
        self._write_endpoints(changed)
        if self._sealing is not None:
            self._sealing.finish()
        self._tally.write(self._now)

    def _time(self, run: Run) -> int:
        """Return the moment that a run is of: its end, when all was seen; no clock that runs ahead is believed."""
        return min(read_time(run.ended, self._now), self._now + _AHEAD)

    def _take(self, directory: Directory, run: Run) -> None:
        time = self._time(run)
        found = directory.find(run.target, time)
        if found.id in self._touched:  # twice in one batch
            self._flush()
        self._touched.add(found.id)
        if not found.new and time <= found.values["seen"]:
            # Two of one second: the one that is saved last came last. What is settled here is what the run's row says.
            time = replay.free_moment(self._connection, found.id, time)
        silent = all(r.state is State.NOT_CHECKED and r.failure == "silent" for r in run.results)
        texts = [describe(result) for result in run.results]
        self._batch.append(_Seen(run, time, silent, texts, found, None if silent else read_updates(run.results)))
        self._tally.see(found.id, min(read_time(run.started, time), time), time, silent=silent)
        if len(self._batch) >= _BATCH:
            self._flush()

    def _flush(self) -> None:
        """Write the batch."""
        batch, self._batch, self._touched = self._batch, [], set()
        same, moved, late = [], [], []
        for one in batch:
            values = one.endpoint.values
            if not one.endpoint.new and one.time < values["seen"]:
                late.append(one)
            elif self._whole and not one.silent and values["mark"] == mark_all(one.texts):
                same.append(one)
            else:
                moved.append(one)
        visits = [self._describe_visit(one, _count_results(one.run.results)) for one in same] + self._move(moved)
        self._note_updates([one for one in batch if one.updates is not None])
        add_rows(self._connection, visit, visits)
        for one in late:
            self._insert_late(one)
        for one in (*same, *moved, *late):
            self._note_endpoint(one)
        for one in late:  # states may have moved in a way that the last answer's mark does not know
            one.endpoint.values["mark"] = None
        self._write_endpoints([one.endpoint for one in batch])

    def _describe_visit(self, one: _Seen, counts: dict[str, int]) -> dict[str, Any]:
        self._tally.count(one.endpoint.id, one.time, counts)
        reason = asked = None
        if one.silent and one.run.results:
            (reason,) = self._details.numbers([keep(one.run.results[0])])
        if not self._whole:
            asked = " ".join(str(self._checks.number(result)) for result in one.run.results)
        return {
            "endpoint": one.endpoint.id,
            "time": one.time,
            "run": self._number,
            "silent": one.silent,
            "reason": reason,
            "asked": asked,
            **counts,
        }

    def _move(self, moved: list[_Seen]) -> list[dict[str, Any]]:
        """Move the intervals of hosts that say something new; return their visits."""
        if not moved:
            return []
        standing = self._read_open([one.endpoint.id for one in moved if not one.endpoint.new])
        steps: list[tuple[_Seen, Step]] = []
        missing: list[tuple[int, int, Result]] = []  # which step, which check, what its detail is made of
        visits = []
        for one in moved:
            now = standing.get(one.endpoint.id, {})
            seen = {}
            results = {}
            for text, result in zip(one.texts, one.run.results, strict=True):
                number = self._checks.number(result)
                results[number] = result
                seen[number] = _see(result, text)
            done = timeline.step(now, Visit(one.time, seen, self._whole, one.silent))
            missing += [(len(steps), check, results[check]) for check in done.begun]
            steps.append((one, done))
            exact = self._whole and not one.silent  # what stands is what was seen
            counts = _count_results(one.run.results) if exact else timeline.count(now.values(), silent=one.silent)
            visits.append(self._describe_visit(one, counts))
        for (which, check, _), number in zip(
            missing, self._details.numbers(keep(result) for _, _, result in missing), strict=True
        ):
            begun = steps[which][1].begun
            begun[check] = begun[check]._replace(detail=number)
        self._write_steps(steps)
        return visits

    def _read_open(self, endpoints: list[int]) -> dict[int, dict[int, Interval]]:
        found: dict[int, dict[int, Interval]] = {}
        for some in chunks(endpoints):
            query = select(interval.c.endpoint, interval.c.check_id, *replay.COLUMNS)
            query = query.where(interval.c.endpoint.in_(some), interval.c.until.is_(None))
            for number, check, *row in self._connection.execute(query):
                found.setdefault(number, {})[check] = Interval._make(row)
        return found

    def _write_steps(self, steps: list[tuple[_Seen, Step]]) -> None:
        ended = [
            {"e": one.endpoint.id, "c": check, "s": old.since, "u": one.time}
            for one, done in steps
            for check, old in done.ended.items()
        ]
        if ended:
            mine = (interval.c.endpoint == bindparam("e"), interval.c.check_id == bindparam("c"))
            where = and_(*mine, interval.c.since == bindparam("s"))
            self._connection.execute(update(interval).where(where).values(until=bindparam("u")), ended)
        rows = [
            replay.write_interval(one.endpoint.id, check, new, None)
            for one, done in steps
            for check, new in done.begun.items()
        ]
        add_rows(self._connection, interval, rows)

    def _insert_late(self, one: _Seen) -> None:
        contents = [keep(result) for result in one.run.results]
        seen = {
            self._checks.number(result): _see(result, text)._replace(detail=detail)
            for text, result, detail in zip(one.texts, one.run.results, self._details.numbers(contents), strict=True)
        }
        late = Visit(one.time, seen, self._whole, one.silent)
        counts = replay.insert_late(self._connection, one.endpoint.id, late)
        add_rows(self._connection, visit, [self._describe_visit(one, counts)])

    def _note_updates(self, batch: list[_Seen]) -> None:
        known: dict[int, list[Any]] = {}
        for some in chunks([one.endpoint.id for one in batch if not one.endpoint.new]):
            for row in self._connection.execute(select(pending).where(pending.c.endpoint.in_(some))):
                known.setdefault(row.endpoint, []).append(row)
        rows = []
        gone = []
        for one in batch:
            if one.updates is None:
                continue
            values = one.endpoint.values
            rows_of = known.get(one.endpoint.id, [])
            written, replaced = merge(one.endpoint.id, rows_of, one.updates, one.time, values["listed"])
            if one.updates.whole:
                values["listed"] = max(values["listed"] or 0, one.time)
            rows += written
            gone += [{"e": one.endpoint.id, "i": item} for item in replaced]
        if gone:
            where = and_(pending.c.endpoint == bindparam("e"), pending.c.item == bindparam("i"))
            self._connection.execute(delete(pending).where(where), gone)
        add_rows(self._connection, pending, rows)

    def _note_endpoint(self, one: _Seen) -> None:
        """Bring the row of a host up to date in memory."""
        values, run = one.endpoint.values, one.run
        one.endpoint.changed = True
        if not one.silent:
            values["answered"] = max(values["answered"] or one.time, one.time)
        if not one.endpoint.new and one.time < values["seen"]:
            values["first_seen"] = min(values["first_seen"], one.time)
            return
        values |= {"run": self._number, "seen": one.time, "silent": one.silent, "group_name": run.target.group}
        if not one.silent or one.endpoint.new:
            target = run.target
            values |= {"platform": target.platform, "system": target.system, "role": clean_line(run.role)}
            values["profile"] = clean_line(run.profile)
            values["proof"] = run.proof
        if not one.silent:
            values["mark"] = mark_all(one.texts) if self._whole else None
        elif one.endpoint.new:
            values["mark"] = None

    def _write_endpoints(self, endpoints: Iterable[Endpoint]) -> None:
        new: list[dict[str, Any]] = []
        old: list[dict[str, Any]] = []
        for one in endpoints:
            (new if one.new else old).append({**one.values, "id": one.id})
            one.new = one.changed = False
        add_rows(self._connection, endpoint, new)
        if old:
            names = [name for name in old[0] if name != "id"]
            values: dict[str, Any] = {name: bindparam(f"v_{name}") for name in names}
            rows = [{"b": row["id"], **{f"v_{name}": row[name] for name in names}} for row in old]
            self._connection.execute(update(endpoint).where(endpoint.c.id == bindparam("b")).values(values), rows)


def _see(result: Result, text: str) -> Seen:
    severity = number_severity(result.severity)
    return Seen(number_state(result.state), severity, result.waiver is not None, mark_one(text), 0)


def _count_results(results: list[Result]) -> dict[str, int]:
    """Return the columns of a visit that count, as :func:`timeline.count` does, of a host that says nothing new."""
    states = [result.state for result in results]
    counts = dict.fromkeys((*COUNTS, *OPEN), 0)
    for state in State:
        counts[COUNTS[number_state(state)]] = states.count(state)
    if counts[COUNTS[FAIL]]:
        for result in results:
            if result.state is State.FAIL:
                counts[OPEN[number_severity(result.severity)] if result.waiver is None else COUNTS[-1]] += 1
    return counts


def _clean(target: TargetIdentity) -> TargetIdentity:
    """Return the target with texts that any database takes: what an endpoint says of itself is not trusted."""
    return TargetIdentity(*(clean_line(text) for text in target))


def read_time(text: str, otherwise: int) -> int:
    """Return the seconds of a run document's time, ``2026-11-25T13:00:00Z``; ``otherwise`` where it is no such time.

    One endpoint that writes nonsense must not keep the others from being saved.

    Args:
        text: As the document has it.
        otherwise: Seconds since 1970.
    """
    try:
        return max(0, calendar.timegm(clock.strptime(text, "%Y-%m-%dT%H:%M:%SZ")))
    except ValueError:
        return otherwise
