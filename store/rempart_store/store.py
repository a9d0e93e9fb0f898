"""The store: ``Store.open(place)``, then :meth:`Store.save`, and the questions."""

import time as clock
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import IO, TYPE_CHECKING, Self

from sqlalchemy import Connection, Engine, select

from rempart_core.error import UsageError
from rempart_core.messages.message import Message
from rempart_core.model.history import (
    DayOfFleet,
    Delivered,
    Drift,
    History,
    HostState,
    Last,
    LastResult,
    Pending,
    RunNumber,
    RunRow,
    Standing,
)
from rempart_core.model.result import Run
from rempart_core.model.trend import ClosedFinding, Trend
from rempart_core.model.update_history import UpdateHistory
from rempart_core.timestamps import read_time
from rempart_store.connection import PATIENCE, begin, connect, translated
from rempart_store.read import archive, drift, trend
from rempart_store.read import history as reading
from rempart_store.read import pending_update as waiting
from rempart_store.read.kept_details import KeptDetails
from rempart_store.retention import forget as retention
from rempart_store.schema.table import endpoint
from rempart_store.write.batch import save_runs
from rempart_store.write.delivery import read_delivered, settle
from rempart_store.write.signed_documents import read_head

if TYPE_CHECKING:  # a store that signs nothing needs no cryptography
    from rempart_core.signing.bundle import Extent
    from rempart_core.signing.key import Key


class Store:
    """What is known of a fleet over time. Close it, or use it in a ``with``.

    Every question is answered from one moment of the store. Errors are ``StoreError``.
    """

    def __init__(self, engine: Engine, place: str) -> None:
        """Use a store that is open; see :meth:`open`.

        Args:
            engine: Of :func:`rempart_store.connection.connect`.
            place: Its file or address, for messages.
        """
        self._engine = engine
        self._place = place

    @classmethod
    def open(cls, place: str, *, create: bool = True, patience: float = PATIENCE) -> Self:
        """Open the store at ``place``; see :func:`rempart_store.connection.connect`.

        Args:
            place: A file, or the address of a database of PostgreSQL.
            create: Whether one is begun, or an older one upgraded, where that is needed.
            patience: Seconds to wait for others who write.
        """
        return cls(connect(place, create=create, patience=patience), place)

    def close(self) -> None:
        """Let go of it."""
        self._engine.dispose()

    def __enter__(self) -> Self:
        """Return the store."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close it."""
        self.close()

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Give a connection that reads one moment, for the questions of ``rempart_store.server``."""
        with self._reading() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Give a connection in one transaction that writes, for ``rempart_store.server``: all of it, or nothing."""
        with translated(self._place), begin(self._engine, write=True) as connection:
            yield connection

    @contextmanager
    def part(self, connection: Connection) -> Iterator[None]:
        """Give a part of a transaction of :meth:`writing`, undone by itself where anything is raised.

        Args:
            connection: Of the transaction.
        """
        with translated(self._place), connection.begin_nested():
            yield

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        with translated(self._place), begin(self._engine, write=False) as connection:
            yield connection

    def save(
        self,
        runs: Iterable[Run],
        *,
        whole: bool = True,
        key: "Key | None" = None,
        keep: retention.Retention | None = None,
        others: Collection[str] = (),
        delivered: Iterable[Delivered] = (),
        witness: "Key | None" = None,
    ) -> RunNumber:
        """Save the runs of one or many hosts as one run: all of it, or, whatever happens, nothing.

        Args:
            runs: Taken one at a time; a batch is held. They may come late or twice: each has its place in time, and of
                two of one second the one that is saved last comes last.
            whole: Whether each asked its whole profile, so that a check without a result is asked no more.
            key: What signs each document and chains it to the one before; None signs nothing.
            keep: What is forgotten with the same stroke; None forgets nothing.
            others: Names of hosts that are there, though this run did not ask them.
            delivered: Documents of installed agents that are stored with these runs.
            witness: Signs which documents were forgotten, where ``key`` is None; without both all documents stay.

        Returns:
            The number of the run.
        """
        with translated(self._place), begin(self._engine, write=True) as connection:
            number = save_runs(connection, runs, whole=whole, key=key, others=others, delivered=delivered)
            if keep is not None:
                retention.forget(connection, keep, int(clock.time()), key or witness)
        return number

    def delivered(self) -> dict[str, dict[int, str]]:
        """Return which documents of installed agents are held: number to SHA-256, by public key."""
        with self._reading() as connection:
            return read_delivered(connection)

    def settle(self, gone: Mapping[str, Sequence[int]]) -> None:
        """Note that documents are gone from the spools of agents: numbers, by public key."""
        with translated(self._place), begin(self._engine, write=True) as connection:
            settle(connection, gone)

    def forget(self, policy: retention.Retention, key: "Key | None" = None) -> None:
        """Forget what the policy says.

        Args:
            policy: For how many days what is kept.
            key: Signs which documents were forgotten; None where none is to be.
        """
        with translated(self._place), begin(self._engine, write=True) as connection:
            retention.forget(connection, policy, int(clock.time()), key)

    def changes(self, since: int | None = None, hosts: Collection[str] | None = None) -> Drift:
        """Return what changed since a moment; without one, what the last run saw that those before it had not.

        So each change is told by one run only, whether runs overlap, have one second, or bring what is late.

        Args:
            since: The moment.
            hosts: Names of the hosts that are meant; None for all.

        Raises:
            UsageError: No moment is given and there are no two runs.
        """
        with self._reading() as connection:
            if since is not None:
                return drift.compare(connection, since, hosts=hosts)
            found = reading.runs(connection, 2)
            if len(found) < 2:
                raise UsageError(Message("store.too_few"))
            last = found[0]
            return drift.compare(connection, reading.newest(connection, last.number) or 0, last, hosts)

    def history(self, name: str) -> History:
        """Return what is known of a host or a check.

        Raises:
            UsageError: Neither of that name is known.
        """
        with self._reading() as connection:
            return reading.history(connection, name, _now(connection))

    def fleet(self, at: int | None = None) -> list[HostState]:
        """Return how each endpoint stood at a moment (default: as was last seen), by name."""
        with self._reading() as connection:
            return list(reading.fleet(connection, _now(connection) if at is None else at).values())

    def standings(self, at: int | None = None, host: str | None = None, *, details: bool = False) -> list[Standing]:
        """Return each check of each endpoint, or of one, as it stood at a moment (default: as was last seen).

        Args:
            at: The moment.
            host: An endpoint's name; None for all.
            details: Whether reason, evidence and waiver are wanted.
        """
        with self._reading() as connection:
            moment = _now(connection) if at is None else at
            return list(reading.standings(connection, moment, host, details=details))

    def stream(self, at: int) -> Iterator[Standing]:
        """Give the same of all, with details, one after the other: equal details are one object, and not to be changed.

        Args:
            at: The moment.
        """
        with self._reading() as connection:
            yield from reading.standings(connection, at, None, details=True, keep=KeptDetails())

    def trend(self, since: int, at: int) -> Trend:
        """Return the nights of a time, and how long findings took that were closed in it; see the module ``trend``.

        Args:
            since: Its beginning, seconds since 1970.
            at: Its end.
        """
        with self._reading() as connection:
            return trend.trend(connection, since, at)

    def closed(self, since: int, at: int) -> list[ClosedFinding]:
        """Return the findings that were closed in a time, by host, check and moment.

        Args:
            since: Its beginning, seconds since 1970.
            at: Its end.
        """
        with self._reading() as connection:
            return list(trend.closed_findings(connection, since, at))

    def last(self, host: str) -> Last | None:
        """Return when a host was asked and answered last; None where it never was asked."""
        with self._reading() as connection:
            found = list(reading.last(connection, endpoint.c.name == host))
        return found[-1] if found else None

    def lasts(self) -> dict[str, Last]:
        """Return the same of all hosts, by name."""
        with self._reading() as connection:
            return {one.host: one for one in reading.last(connection)}

    def failing_since(self, host: str) -> dict[str, int]:
        """Return since when checks fail on a host, waived ones too, by their ids."""
        with self._reading() as connection:
            return reading.failing_since(connection, host)

    def open_findings(self, host: str, today: str) -> list[Standing] | None:
        """Return the findings of a host's last answer that are open on a day, worst first; None where it gave none.

        Args:
            host: The endpoint's name.
            today: The day, ``YYYY-MM-DD``: a waiver that ended before it waives no more.
        """
        with self._reading() as connection:
            return reading.open_findings(connection, host, today)

    def open_by_day(self, days: int) -> list[DayOfFleet]:
        """Return what was open at the end of each of the last ``days`` days with a run, oldest first."""
        with self._reading() as connection:
            return reading.open_by_day(connection, days)

    def oldest_open(self, run: RunNumber) -> dict[str, int]:
        """Return since when each check is open, where it is so for longest, by id; of hosts asked by a run or later."""
        with self._reading() as connection:
            return reading.oldest_open(connection, run)

    def answered_since(self, since: int, *, whole: bool) -> set[str]:
        """Return the names of hosts that answered at or after a moment.

        Args:
            since: The moment.
            whole: Whether only an answer to a whole profile counts.
        """
        with self._reading() as connection:
            return set(reading.answered_since(connection, since, whole=whole))

    def visited(self, times: Mapping[str, int]) -> set[str]:
        """Return those of some hosts, by name, of which the store has what was seen at the time that is given."""
        with self._reading() as connection:
            return reading.visited(connection, times)

    def words(self, hosts: Collection[str]) -> Iterator[LastResult]:
        """Give what the last answers of hosts, by name, come to, check by check, as the exit status needs it."""
        with self._reading() as connection:
            yield from reading.words(connection, hosts)

    def runs(self, limit: int | None = None) -> list[RunRow]:
        """Return the runs, newest first."""
        with self._reading() as connection:
            return reading.runs(connection, limit)

    def run(self, number: RunNumber) -> RunRow:
        """Return one run.

        Raises:
            UsageError: There is none of that number.
        """
        for one in self.runs():
            if one.number == number:
                return one
        raise UsageError(Message("store.no_run", number=number))

    def moment(self, text: str, *, end: bool) -> int:
        """Return the moment that a user named, in seconds since 1970.

        Args:
            text: ``12`` (the end of run 12), ``2026-11-25``, ``2026-11-25T13:00``, ``7d``, ``24h``.
            end: Whether a date means its last second; else it means its first.

        Raises:
            UsageError: It is none of these, or there is no such run.
        """
        if text.isascii() and text.isdigit():
            return self.run(int(text)).ended
        return read_time(text, end=end)

    def groups(self) -> dict[str, str]:
        """Return the group of each host, by name; also of hosts that are gone."""
        with self._reading() as connection:
            query = select(endpoint.c.name, endpoint.c.group_name).order_by(endpoint.c.seen)
            return {row.name: row.group_name for row in connection.execute(query)}

    def histories(self, host: str | None = None) -> dict[str, UpdateHistory]:
        """Return what is known of the updates that wait on each host, or on one, by name, for its next audit."""
        with self._reading() as connection:
            return waiting.histories(connection, *([] if host is None else [endpoint.c.name == host]))

    def pending(self, host: str | None = None) -> list[Pending]:
        """Return the updates that wait or waited, with the day on which each was seen first."""
        with self._reading() as connection:
            return list(waiting.pending(connection, host))

    def export(self, out: IO[bytes], key: "Key", scope: archive.Scope = archive.Scope()) -> "Extent":  # noqa: B008 - immutable
        """Write signed documents and their chain as a bundle; see :mod:`rempart_core.signing.bundle`.

        Args:
            out: Where it goes; errors are ``OSError``.
            key: Of whoever writes it.
            scope: What of the chain is wanted.

        Returns:
            What the bundle holds.

        Raises:
            UsageError: Nothing of that scope was signed.
        """
        from rempart_core.signing import bundle

        with self._reading() as connection:
            extent = archive.measure(connection, scope)
            if not extent.links:
                raise UsageError(Message("store.nothing_signed"))
            bundle.write(
                out, extent, archive.entries(connection, scope, extent), key, archive.margin(connection, scope)
            )
        return extent

    def head(self, at: int | None = None) -> str:
        """Return the hash of the chain's last link, now or at a moment; ``""`` where nothing was signed."""
        with self._reading() as connection:
            if at is not None:
                return archive.head_at(connection, at)
            number, head = read_head(connection)
        return head if number else ""


def _now(connection: Connection) -> int:
    """Return the moment that "now" means: a clock may be a little ahead of ours."""
    return max(int(clock.time()), reading.newest(connection) or 0)
