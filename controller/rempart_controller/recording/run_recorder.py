"""What ``rempart audit --store`` does: it opens the store before the audit, and saves the runs before the reports."""

import os
import time as clock
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import TYPE_CHECKING, Any

from rempart_agent.machine_identity import identify, read_identity
from rempart_controller.recording.open_recorder import Recording
from rempart_core.error import RempartError
from rempart_core.model.history import Delivered, Drift, LastResult, RunNumber
from rempart_core.model.result import Run
from rempart_core.model.update_history import UpdateHistory
from rempart_core.text import clean_line
from rempart_core.timestamps import write_moment
from rempart_store.connection import PATIENCE
from rempart_store.location import usual_store
from rempart_store.retention.forget import Retention
from rempart_store.store import Store
from rempart_store.write.save import read_time

if TYPE_CHECKING:  # what signs nothing needs no cryptography
    from rempart_core.signing.key import Key
    from rempart_reports.views import drift as told
    from rempart_reports.views.last_known import Known
    from rempart_reports.views.trend import Night


class RunRecorder:
    """An open store, the key that signs, and what is forgotten.

    Attributes:
        place: Where the store is.
        head: Head of the chain of signed documents, for the reports; ``""`` where nothing is signed or saved.
    """

    def __init__(
        self,
        store: Store,
        place: str,
        key: "Key | None",
        keep: Retention | None,
        *,
        whole: bool,
        witness: "Key | None" = None,
    ) -> None:
        """Keep what was opened.

        Args:
            store: The store, open.
            place: Where it is.
            key: What signs the documents that are saved; None saves them unsigned.
            keep: How long runs and documents are kept; None forgets nothing.
            whole: Whether all checks of a profile are asked, so that a finding which is not seen any more is gone.
            witness: What signs which documents were forgotten, where ``key`` is None; without both they all stay.
        """
        self._store = store
        self.place = place
        self._key = key
        self._keep = keep
        self._whole = whole
        self._witness = witness
        self._number: RunNumber | None = None
        self._first: RunNumber | None = None  # of an audit that was gone on with, the run that was interrupted
        self._failure: RempartError | None = None
        self._changes: Drift | None = None
        self.head = ""

    @property
    def store(self) -> Store:
        """Return the store itself, for those who ask it what nobody else does."""
        return self._store

    def identify(self, run: Run) -> Run:
        """Return the run of this machine with its machine id."""
        return identify(run)

    def release(self) -> None:
        """Let go of connections, so that a process that is forked makes its own; the next question opens one anew."""
        self._store.close()

    def delivered(self) -> dict[str, dict[int, str]]:
        """Return which documents of installed agents are held: number to SHA-256, by public key.

        Raises:
            StoreError: The store can't be read.
        """
        return self._store.delivered()

    def settle(self, gone: Mapping[str, Sequence[int]]) -> None:
        """Note that documents are gone from the spools of agents: numbers, by public key."""
        try:
            self._store.settle(gone)
        except RempartError as error:
            self._failure = error

    def save(
        self,
        runs: Iterable[Run],
        kept: Mapping[str, str] = {},
        others: Collection[str] = (),
        delivered: Collection[Delivered] = (),
        *,
        whole: bool = True,
    ) -> None:
        """Save the runs as one. What hinders it is raised at the end only: the reports are written all the same.

        Args:
            runs: The runs; where there are none nothing is saved.
            kept: Of an audit that is gone on with: when hosts had ended that were done before it was interrupted, by
                name. Those that were saved then are not saved again.
            others: Names of hosts that are there, though this audit did not ask them.
            delivered: The documents of installed agents among the runs.
            whole: Whether all that was to be asked was asked.
        """
        try:
            saved = self._store.visited({name: read_time(ended, 0) for name, ended in kept.items()})
            rest: Iterator[Run] = (run for run in runs if run.target.name not in saved)
            first = next(rest, None)
            if first is not None:
                rest = chain((first,), rest)
                others = (*others, *saved)
                own: Any = {
                    "whole": self._whole and whole,
                    "key": self._key,
                    "keep": self._keep,
                    "witness": self._witness,
                }
                self._number = self._store.save(rest, **own, others=others, delivered=delivered)
            before = [last.run for name, last in self._store.lasts().items() if name in saved] if saved else []
            self._first = min([*before, *([self._number] if self._number else [])], default=None)
            self.head = self._store.head()
        except RempartError as error:
            self._failure = error

    def changes(self) -> Drift | None:
        """Return what changed since the run before; None where there is none, or the runs could not be saved.

        Raises:
            StoreError: The store can't be read.
        """
        if self._failure is not None or self._number is None or len(self._store.runs(2)) < 2:
            return None
        if self._changes is None:
            self._changes = self._store.changes()
        return self._changes

    def drift(self) -> "told.Drift | None":
        """Return the same for the reports; None also where the store can't be read, which is raised at the end."""
        try:
            changes = self.changes()
        except RempartError as error:
            self._failure = error
            return None
        return None if changes is None else _tell(changes)

    def trend(self) -> "list[Night]":
        """Return what was open at the end of each of the last days, for the reports; nothing as below."""
        from rempart_reports.views.trend import NIGHTS, Night

        if self._failure is not None:
            return []
        try:
            found = self._store.open_by_day(NIGHTS)
        except RempartError as error:
            self._failure = error
            return []
        return [Night(write_moment(day.at), tuple(day.open.values()), day.hosts) for day in found]

    def opened(self, host: str) -> dict[str, str]:
        """Return since when checks fail on a host, UTC, by their ids, for the reports, which ask host by host.

        Nothing is known where the runs could not be saved or the store can't be read, which is raised at the end.
        """
        if self._failure is not None:
            return {}
        try:
            found = self._store.failing_since(clean_line(host))
        except RempartError as error:
            self._failure = error
            return {}
        return {check: write_moment(time) for check, time in found.items()}

    def oldest(self) -> dict[str, str]:
        """Return since when each check is open where it is so for longest, UTC, by id; nothing as above."""
        if self._failure is not None or self._first is None:
            return {}
        try:
            found = self._store.oldest_open(self._first)
        except RempartError as error:
            self._failure = error
            return {}
        return {check: write_moment(time) for check, time in found.items()}

    def known(self, host: str) -> "list[Known] | None":
        """Return the open findings of a host's last answer, worst first, for a host that gives none now.

        None where it never answered; nothing is known where the runs could not be saved, as above.
        """
        from rempart_reports.views.last_known import Known

        if self._failure is not None:
            return None
        try:
            found = self._store.open_findings(clean_line(host), clock.strftime("%Y-%m-%d", clock.gmtime()))
        except RempartError as error:
            self._failure = error
            return None
        if found is None:
            return None
        when = (write_moment(one.failing_since or one.since) for one in found)
        return [Known(one.check, one.title, one.severity, at) for one, at in zip(found, when, strict=True)]

    def history(self, host: str) -> UpdateHistory | None:
        """Return what is known of the updates that wait on this machine or a root filesystem; None for nothing.

        Raises:
            StoreError: The store can't be read.
        """
        found = self._store.histories(clean_line(host)).get(clean_line(host))
        return found.of(read_identity()) if found else None

    def histories(self) -> dict[str, UpdateHistory]:
        """Return the same of each host, by name, whichever machine it is of.

        Raises:
            StoreError: The store can't be read.
        """
        return self._store.histories()

    def lately(self, since: int) -> set[str]:
        """Return the names of hosts that answered at or after a moment, all that an audit like this one asks.

        Raises:
            StoreError: The store can't be read.
        """
        return self._store.answered_since(since, whole=self._whole)

    def words(self, hosts: Collection[str]) -> Iterator[LastResult]:
        """Give what the last answers of hosts, by name, come to, check by check.

        Raises:
            StoreError: The store can't be read.
        """
        return self._store.words(hosts)

    def answered(self) -> dict[str, str]:
        """Return when each host answered last, UTC, by name, for reports that tell how old a silent one's answer is.

        Nothing is known where the runs could not be saved, which is raised at the end.
        """
        if self._failure is not None:
            return {}
        try:
            lasts = self._store.lasts()
        except RempartError as error:
            self._failure = error
            return {}
        return {name: write_moment(last.answered) for name, last in lasts.items() if last.answered is not None}

    @property
    def saved(self) -> bool:
        """Tell whether there was something to save, and nothing hindered it."""
        return self._failure is None and self._number is not None

    @property
    def failed(self) -> bool:
        """Tell whether something hindered the saving."""
        return self._failure is not None

    def finish(self, status: int) -> int:
        """Close the store and return the exit status.

        Raises:
            RempartError: The runs could not be saved.
        """
        self._store.close()
        if self._failure is not None:
            raise self._failure
        return status


def _tell(drift: Drift) -> "told.Drift":
    """Return what changed as the reports take it, without evidence."""
    from rempart_reports.views import drift as told

    changes: dict[str, list[told.Change]] = {}
    for change in drift.changes:
        one = change.now
        was, now = (side.state if side else None for side in (change.old, change.new))
        items = change.appeared[: told.ITEMS]
        changes.setdefault(one.host, []).append(
            told.Change(change.kind, one.host, one.check, one.title, one.severity, was, now, items)
        )
    return told.Drift(
        since=write_moment(drift.since),
        changes={host: tuple(those) for host, those in changes.items()},
        compared=drift.compared,
        hosts={
            **dict.fromkeys(drift.returned, "returned"),
            **dict.fromkeys(drift.fallen_silent, "fallen_silent"),
            **dict.fromkeys((host.name for host in drift.new_hosts), "new_host"),  # none of these ever answered before
        },
    )


def open_recorder(recording: Recording) -> RunRecorder:
    """Return the memory that is asked for.

    Raises:
        UsageError: There can't be a store at that place.
        StoreError: It can't be opened.
        KeyFileError: The key can't be had.
    """
    key = witness = None
    if recording.sign:
        from rempart_controller.recording.user_key import load_key

        key = load_key()
    elif recording.keep is not None:
        from rempart_controller.recording.user_key import load_key, usual_key

        witness = load_key(create=False) if os.path.exists(usual_key()) else None
    keep = None if recording.keep is None else Retention(recording.keep, recording.keep)
    place = recording.store or usual_store()
    store = Store.open(place, patience=recording.deadline.left(PATIENCE))
    return RunRecorder(store, place, key, keep, whole=recording.whole, witness=witness)
