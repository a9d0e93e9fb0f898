"""``rempart audit -i``: which hosts are asked, what each says kept on disk at once, and the reports of all."""

import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from itertools import chain
from typing import TYPE_CHECKING, Any

from rempart_agent.audit.stop import Stop, Stopped
from rempart_agent.cli.base import say
from rempart_agent.cli.language import words
from rempart_controller.fleet.fleet_request import FleetRequest
from rempart_controller.fleet.open_fleet import open_fleet
from rempart_controller.fleet.resume_journal import Journal, JournalError, folders_of
from rempart_controller.recording.finished_audit import FinishedAudit
from rempart_core.error import RempartError, ReportError, UsageError
from rempart_core.messages.message import Message, own
from rempart_core.messages.say import say as say_in
from rempart_core.messages.say import say_both
from rempart_core.model.result import EngineIdentity, Run, TargetIdentity
from rempart_core.text import NOTHING, Text, clean_line
from rempart_core.timestamps import utc
from rempart_core.version import VERSION
from rempart_reports.views.fleet_terminal import Summary

if TYPE_CHECKING:
    from rempart_controller.agents.collect import Collected, Watch
    from rempart_controller.fleet.fleet import Fleet
    from rempart_controller.recording.run_recorder import RunRecorder
    from rempart_core.model.history import Delivered
    from rempart_reports.formats.contract import PiecesOf, Report


def open_audit(request: FleetRequest, memory: "RunRecorder | None", stop: Stop) -> "FleetAudit | Unasked":
    """Return the audit of the hosts of an inventory: ask, save and report what it gives, then finish it.

    Args:
        request: What is asked for.
        memory: The store; None where nothing is remembered.
        stop: What may end it before its time: the reports say so then, and name each host that was not asked.

    Raises:
        UsageError: what was asked can't be done.
        ContentError: checks, profiles, parameters or waivers hold mistakes.
        RempartError: the store can't be read.
    """
    if stop.asked:
        return Unasked(request, stop)
    histories = memory.histories() if memory else None
    try:
        with stop.window():
            fleet = open_fleet(request.choice, request.limits, request.ask, histories, lambda: _watch(request, memory))
    except Stopped:
        return Unasked(request, stop)
    return FleetAudit(request, fleet, _open_journal(request, fleet, memory), memory, stop)


class Unasked:
    """An audit that was ended before it knew its hosts; the inventory stands in their place."""

    def __init__(self, request: FleetRequest, stop: Stop) -> None:
        """Keep both.

        Args:
            request: What the command line asks.
            stop: Why the audit ended.
        """
        self._request = request
        self._stop = stop

    def ask(self) -> FinishedAudit:
        """See FleetAudit.ask."""
        now = utc()
        run = Run(
            target=TargetIdentity(", ".join(self._request.choice.inventories), "host", "", "", ""),
            engine=EngineIdentity("none", VERSION, "", privileged=False),
            role="",
            profile=self._request.ask.profile,
            started=now,
            ended=now,
            results=[],
            version=VERSION,
            unfinished=self._stop.reason,
        )
        return FinishedAudit(lambda: [run], now, history=list)

    def include(self, run: Run) -> None:
        """See FleetAudit.include: nobody asks for it, since nothing was found."""

    def finish(self, *, reported: bool, quiet: bool, reports: Sequence[str] = ()) -> int:
        """See FleetAudit.finish."""
        del reported, quiet, reports
        say(Message("command.audit_nobody", reason=own(self._stop.reason)))
        return 3

    def close(self) -> None:
        """See FleetAudit.close."""


def _watch(request: FleetRequest, memory: "RunRecorder | None") -> "Watch":
    """Return what installed agents are judged by."""
    from rempart_controller.agents.collect import Watch
    from rempart_controller.agents.inspection import Taken
    from rempart_controller.agents.known import read_known
    from rempart_controller.agents.numbers import files_of, read_numbers

    held = memory.delivered() if memory else {}
    taken = {key: Taken(max(documents), documents) for key, documents in held.items()}
    for key, seen in read_numbers(files_of(memory.place if memory else None)).items():
        taken[key] = taken.get(key, Taken())._replace(seen=seen)
    return Watch(read_known(), taken, request.agent_limit)


def _open_journal(request: FleetRequest, fleet: "Fleet", memory: "RunRecorder | None") -> Journal:
    folders = folders_of(memory.place if memory else None)
    if request.resume:
        journal = Journal.go_on(fleet, folders)
        if journal.head.left_out and memory is None:
            journal.close()
            raise UsageError(Message("resume.stale_store"))
        return journal
    if not request.stale or memory is None:
        return Journal.begin(fleet, (), 0, folders)
    lately = memory.lately(int(time.time()) - request.stale)
    return Journal.begin(fleet, [host.name for host in fleet.hosts if host.name in lately], request.stale, folders)


class FleetAudit:
    """An audit while it runs."""

    def __init__(
        self,
        request: FleetRequest,
        fleet: "Fleet",
        journal: Journal,
        memory: "RunRecorder | None",
        stop: Stop,
    ) -> None:
        """Get ready; nobody is asked yet.

        Args:
            request: What is asked for.
            fleet: The hosts.
            journal: Where what they say is kept.
            memory: The store; None where nothing is remembered.
            stop: What may end it before its time.
        """
        self._request = request
        self._fleet = fleet
        self._journal = journal
        self._memory = memory
        left_out = set(journal.head.left_out)
        self._meant = [number for number, host in enumerate(fleet.hosts) if host.name not in left_out]
        self._summary = Summary(request.threshold, request.language)
        self._bar = _Bar(len(self._meant), request.quiet, request.language)
        self._newest: dict[str, Any] = {}  # of agents, the last document that was taken, by public key
        self._stop = stop
        self._missing: list[int] = []
        self._stored: Mapping[int, Sequence[Delivered]] = {}
        self._besides: list[Run] = []

    def ask(self) -> FinishedAudit:
        """Ask the hosts, and return what is to be saved and reported."""
        journal = self._journal
        self._ask()
        failed = self._note_numbers()
        self._missing = [number for number in self._meant if number not in journal]
        self._tell_rest()
        for number in self._missing:
            self._summary.add(number, self._fleet.cut_short(number, self._stop.reason))
        self._stored = journal.stored()
        return FinishedAudit(
            lambda: self._runs(self._missing),
            utc(),
            lambda: chain(journal.history(), self._besides),
            journal.kept,
            [*journal.head.left_out, *(self._fleet.hosts[number].name for number in self._missing)],
            [one for some in self._stored.values() for one in some],
            failed=failed,
            waivers=self._fleet.waivers,
            pieces=self._pieces,
        )

    def include(self, run: Run) -> None:
        """Save and report another target as the last one: the organisation that the hosts are of.

        Args:
            run: What was found.
        """
        self._summary.add(len(self._fleet.hosts) + len(self._besides), run)
        self._besides.append(run)

    def finish(self, *, reported: bool, quiet: bool, reports: Sequence[str] = ()) -> int:
        """Let agents forget what is saved now, print the summary, and return the exit status.

        Args:
            reported: Whether all reports could be written, and all be kept for the next audit.
            quiet: Whether standard output is for a report.
            reports: Where the reports lie.
        """
        memory, missing = self._memory, self._missing
        saved = memory is None or not memory.failed
        if self._stored and not missing and reported and saved and memory is not None:
            self._confirm(self._stored, memory)
        if not self._request.quiet and not quiet:
            cut = self._stop.reason if missing else NOTHING
            if memory is None:
                self._summary.print(sys.stdout, cut, reports=reports)
            else:
                known = memory.oldest(), memory.drift(), memory.answered()
                self._summary.print(sys.stdout, cut, *known, known=memory.known, reports=reports)
        if missing:
            self._say_unfinished(len(missing))
        elif not reported or not saved:
            self._say_kept()
        else:
            self._journal.finish()
        return self._summary.status

    def close(self) -> None:
        """Let go of the journal."""
        self._journal.close()

    def _runs(self, missing: Sequence[int]) -> Iterator[Run]:
        """Yield the runs of hosts that were not asked, which a reader has to know first, then those of the others."""
        for number in missing:
            yield self._fleet.cut_short(number, self._stop.reason)
        yield from self._journal.runs()
        yield from self._besides

    def _pieces(self, reports: "Mapping[str, Report]") -> "Mapping[str, PiecesOf]":
        """Write the pieces of reports; hosts that were not asked, which a reader has to know first, stand first."""
        from rempart_controller.fleet.report_pieces import FleetPieces

        fleet, missing = self._fleet, set(self._missing)
        order = [*self._missing, *(number for number in self._meant if number not in missing)]

        def read(place: int) -> Run:
            if place >= len(order):
                return self._besides[place - len(order)]
            number = order[place]
            return fleet.cut_short(number, self._stop.reason) if number in missing else self._journal.run(number)

        def lose(place: int, why: Text) -> Run:
            return read(place) if place >= len(order) else fleet.silence(order[place], why)

        targets = [*(fleet.target(number) for number in order), *(run.target for run in self._besides)]
        pieces = FleetPieces(reports, targets, read, lose, fleet.checks)
        return {name: pieces.of(name) for name in reports}

    def _note_numbers(self) -> tuple[ReportError, ...]:
        """Remember for good which documents of agents were taken last; where that fails, the audit is not whole."""
        if not self._newest:
            return ()
        from rempart_controller.agents.numbers import Number, files_of, note_numbers

        try:
            taken = {key: Number(one.number, one.digest) for key, one in self._newest.items()}
            note_numbers(taken, files_of(self._memory.place if self._memory else None))
        except RempartError as error:
            return (ReportError(Message("report.twice", error=error.message)),)
        return ()

    def _confirm(self, stored: Mapping[int, Sequence["Delivered"]], memory: "RunRecorder") -> None:
        """Let agents forget what is stored now; what can't be told today is told the next time."""
        gone: dict[str, list[int]] = {}
        try:
            for number, numbers, error in self._fleet.confirm(stored):
                if error:
                    name = clean_line(self._fleet.hosts[number].name)
                    print(words("host.documents_wait", host=name, error=error), file=sys.stderr)
                for one in stored[number]:
                    if one.number in numbers:
                        gone.setdefault(one.key, []).append(one.number)
        except KeyboardInterrupt:
            pass  # all is stored and reported already
        if gone:
            memory.settle(gone)

    def _ask(self) -> None:
        """Ask the hosts that are not done, until all are or the audit has to end."""
        journal, summary = self._journal, self._summary
        rest = [number for number in self._meant if number not in journal]
        try:
            for number in self._meant:
                if number in journal:
                    self._count(number, journal.collected(number))
            with closing(self._fleet.audit(rest)) as answers:
                self._bar.show(len(journal), summary.failed, summary.silent)
                for reply in self._stop.each(answers):
                    if not reply.final:  # the run's deadline: nobody knows what it would have said
                        self._stop.end(reply.why)
                        continue
                    journal.add(reply)
                    if reply.found is not None:
                        self._count(reply.number, reply.found)
                    self._bar.show(len(journal), summary.failed, summary.silent)
        except Stopped:
            pass  # what is finished is kept
        except JournalError as error:
            # What can't be kept could not be reported either: the others are reported, and this host as one not asked.
            self._stop.end(say_both(Message("report.answer_lost", error=error.message)))
        finally:
            self._bar.clear()

    def _count(self, number: int, found: "Collected") -> None:
        """Count what was found on a host; what of it was not believed is an error that must not be missed."""
        self._summary.add(number, found.run, found.remark, whole=not found.refused)
        if found.newest is not None:
            self._newest[found.newest.key] = found.newest
        if found.refused:
            self._bar.clear()
        for why in found.refused:
            told = Message("host.said_line", host=self._fleet.hosts[number].name, said=own(why))
            print(clean_line(say_in(told, self._request.language)), file=sys.stderr)

    def _tell_rest(self) -> None:
        head, memory = self._journal.head, self._memory
        if self._journal.kept:
            self._summary.go_on(len(self._journal.kept), len(self._meant), head.began)
        if head.left_out and memory:
            words = memory.words(head.left_out)
            self._summary.leave_out(head.left_out, head.age, words, time.strftime("%Y-%m-%d", time.gmtime()))

    def _say_unfinished(self, missing: int) -> None:
        reason, asked = own(self._stop.reason), {"missing": str(missing), "total": str(len(self._meant))}
        if self._journal.lasting:
            say(Message("command.audit_unfinished_resume", reason=reason, **asked))
        else:
            say(Message("command.audit_unfinished", reason=reason, **asked))

    def _say_kept(self) -> None:
        if self._journal.lasting:
            say(Message("command.audit_kept"))


class _Bar:
    """A bar on a terminal: hosts done, failed, silent; nothing in a pipe."""

    def __init__(self, total: int, quiet: bool, language: str) -> None:
        self._total = total
        self._on = sys.stderr.isatty() and not quiet
        self._words = ("non-conformes", "sans réponse") if language == "fr" else ("failed", "silent")
        self._began = time.monotonic()

    def show(self, done: int, failed: int, silent: int) -> None:
        """Show how far the run is."""
        if not self._on:
            return
        filled = 24 * done // max(1, self._total)
        minutes, seconds = divmod(int(time.monotonic() - self._began), 60)
        words = f"{self._words[0]} {failed}  {self._words[1]} {silent}  {minutes}:{seconds:02}"
        sys.stderr.write(f"\r\033[K[{'#' * filled}{'.' * (24 - filled)}] {done}/{self._total}  {words}")
        sys.stderr.flush()

    def clear(self) -> None:
        """Take the bar away."""
        if self._on:
            sys.stderr.write("\r\033[K")
            sys.stderr.flush()
