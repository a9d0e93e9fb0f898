"""Reports and store of a change: what was found before it, and after it with what the change did about each finding."""

import tempfile
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from typing import Any

from rempart_controller.recording.open_recorder import Recording, open_recorder
from rempart_controller.remediation.records.change import ChangeRecord
from rempart_controller.remediation.records.outcome import HostOutcome
from rempart_controller.remediation.records.plan import PlannedHost
from rempart_core.documents import run_document
from rempart_core.messages.message import Message, own
from rempart_core.messages.say import say_both
from rempart_core.model.check import Severity
from rempart_core.model.fix_outcome import Outcome, show
from rempart_core.model.result import AppliedChange, Result, Run, State
from rempart_core.text import NOTHING, Text, join
from rempart_reports.writing.output_places import ReportPlaces

_UNDONE_BEFORE = {Outcome.NOT_APPLIED, Outcome.ROLLED_BACK}  # of such a fix nothing stood that an undo could restore
_REGRESSED = Outcome.REGRESSED.value


class Reporting:
    """Keeps runs on disk until all waves are done, and writes the reports at the end.

    Attributes:
        language: ``en`` or ``fr``: of the reports.

    Raises:
        UsageError: There can't be a store or a report at that place.
        StoreError: It can't be opened.
    """

    def __init__(self, places: ReportPlaces, recording: Recording, language: str = "en") -> None:
        """Open the store, before anything is changed.

        Args:
            places: The reports that are wanted.
            recording: What is to be remembered.
            language: ``en`` or ``fr``.
        """
        self.language = language
        self._places = places
        places.check()
        self._memory = open_recorder(recording)
        self._before = _Spool()
        self._after = _Spool()

    def begin(self, runs: Collection[Run]) -> None:
        """Save what was found before; a report tells it of hosts that the change did not come to."""
        for run in runs if self._places.files else ():
            self._before.put(run.target.name, run)
        if self._memory is not None:
            self._memory.save(runs)

    def add(self, runs: Mapping[str, Run], mark: Callable[[str, Run], Run]) -> None:
        """Save what was found after.

        Args:
            runs: By host.
            mark: Gives a run with what the change did about its results.
        """
        if self._memory is None and not self._places.files:
            return
        for name, run in runs.items():
            self._after.put(name, mark(name, run))
        if runs and self._memory is not None:
            self._memory.save(self._after.get(name) for name in runs)

    def leave(self, host: str, checks: Iterable[str], change: str, reason: Text) -> None:
        """Tell of a host, by its name, that the change did not come to it: its findings are as they were.

        Args:
            host: The host.
            checks: Of the fixes that were planned.
            change: Id of the change.
            reason: Why it did not come.
        """
        if host in self._before.names():
            run = self._before.get(host)
            seen = {one.check: _in_words(show(one), self.language) for one in run.results}
            outcome = Outcome.NOT_APPLIED.value
            notes = {check: AppliedChange(change, outcome, reason, seen.get(check, ())) for check in checks}
            self._after.put(host, _replace(run, notes))

    def runs(self) -> Iterator[Run]:
        """Yield the runs that are reported, in the order in which they came."""
        return map(self._after.get, self._after.names())

    @property
    def prints(self) -> bool:
        """Tell whether a report goes to standard output, which then holds nothing else."""
        return self._places.take_standard_output

    def finish(self) -> None:
        """Write the reports, and close the store.

        Raises:
            RempartError: The store could not be written, or a report.
        """
        try:
            if self._places.files:
                self._write()
        finally:
            self.close()

    def _write(self) -> None:
        from rempart_reports.formats import report_file
        from rempart_reports.views.options import Options

        head: Any = self._memory.head if self._memory is not None else ""
        chosen = Options(
            language=self.language,
            form=self._places.form,
            fleet=True,
            threshold=Severity.LOW,
            generated=time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
            head=head,
            changed=True,
        )
        for name, path in self._places.files.items():
            report_file.write_report(path, name, self.runs(), chosen)

    def close(self) -> None:
        """Close the store, and forget the runs.

        Raises:
            RempartError: The store could not be written.
        """
        self._before.close()
        self._after.close()
        memory, self._memory = self._memory, None
        if memory is not None:
            memory.finish(0)


class _Spool:
    """Runs on disk, by host: a fleet of them does not stay in memory."""

    def __init__(self) -> None:
        self._file = tempfile.TemporaryFile("w+b")  # noqa: SIM115 - it lives as long as this object
        self._places: dict[str, tuple[int, int]] = {}

    def put(self, name: str, run: Run) -> None:
        data = run_document.write(run).encode()
        self._places[name] = (self._file.seek(0, 2), len(data))
        self._file.write(data)

    def get(self, name: str) -> Run:
        place, size = self._places[name]
        self._file.seek(place)
        return run_document.read(self._file.read(size))

    def names(self) -> list[str]:
        return list(self._places)

    def close(self) -> None:
        self._file.close()


def _in_words(seen: Iterable[Text], language: str) -> tuple[str, ...]:
    return tuple(one.get(language) for one in seen)


def mark_applied(
    record: ChangeRecord, planned: Iterable[PlannedHost] = (), language: str = "en"
) -> Callable[[str, Run], Run]:
    """Return what marks the run of a host with what an applied change did about each of its results.

    Args:
        record: The change.
        planned: What was planned, with the fixes whose preconditions did not hold.
        language: ``en`` or ``fr``: of what was seen before.
    """
    blocked = {host.name: {fix.check: Text(*fix.blocked) for fix in host.fixes if any(fix.blocked)} for host in planned}

    def mark(name: str, run: Run) -> Run:
        host = record.hosts.get(name)
        if host is None:
            return run
        left = blocked.get(name, {})
        notes = {check: AppliedChange(record.id, Outcome.NOT_APPLIED.value, why) for check, why in left.items()}
        notes |= {check: AppliedChange(record.id, _REGRESSED, join(seen)) for check, seen in host.regressed.items()}
        notes |= {
            check: AppliedChange(record.id, fix.outcome.value, fix.reason, _in_words(fix.before, language))
            for check, fix in host.fixes.items()
        }
        return _replace(_forget(run, host, record.id) if host.state == "lost" else run, notes)

    return mark


def mark_undone(
    record: ChangeRecord, checks: Mapping[str, Collection[str]], failures: Mapping[str, Text], language: str = "en"
) -> Callable[[str, Run], Run]:
    """Return what marks the run of a host after an undo: what the fix had come to is what was before.

    Args:
        record: The change.
        checks: The checks whose fixes were undone, by host.
        failures: Why that failed, by host.
        language: ``en`` or ``fr``: of what was seen before.
    """

    def mark(name: str, run: Run) -> Run:
        if name in failures:
            note = say_both(Message("execution.not_undone", change=record.id, why=own(failures[name])))
            return run._replace(notes=(*run.notes, note))
        notes = {
            check: AppliedChange(record.id, Outcome.ROLLED_BACK.value, NOTHING, _in_words(fix.after, language))
            for check, fix in record.hosts[name].fixes.items()
            if check in checks[name] and fix.outcome not in _UNDONE_BEFORE
        }
        return _replace(run, notes)

    return mark


def _replace(run: Run, notes: Mapping[str, AppliedChange]) -> Run:
    """Return a run whose results carry notes, by check."""
    return run._replace(
        results=[one._replace(change=notes[one.check]) if one.check in notes else one for one in run.results]
    )


def _forget(run: Run, host: HostOutcome, change: str) -> Run:
    """Return the run of a lost host: what was seen of it before it was lost is no verdict."""
    reason = join([say_both(Message("execution.lost", change=change)), *host.notes[:1]])

    def forget(one: Result) -> Result:
        if one.state is State.NOT_CHECKED:
            return one
        return one._replace(
            state=State.NOT_CHECKED,
            failure="silent",
            reason=reason,
            evidence=None,
            witness=None,
            incomplete=False,
            waiver=None,
            known=False,
        )

    return run._replace(results=[forget(one) for one in run.results])
