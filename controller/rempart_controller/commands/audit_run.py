"""What ``rempart audit`` does: one target or a fleet, then the store, the reports, and who is told."""

import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from typing import TYPE_CHECKING

from rempart_agent.audit import pipeline as auditing
from rempart_agent.audit.request import Request
from rempart_agent.audit.stop import Stop, Stopped
from rempart_agent.cli.base import say
from rempart_agent.cli.language import words
from rempart_controller.commands.audit import AuditRequest
from rempart_controller.recording.finished_audit import FinishedAudit
from rempart_controller.recording.open_recorder import open_recorder
from rempart_core.content.place import check_directories
from rempart_core.error import AttestationError, NotificationError, RempartError, ReportError
from rempart_core.messages.message import Message, mistakes, own
from rempart_core.model import gate
from rempart_core.model.result import Run
from rempart_core.text import NOTHING, clean_line

if TYPE_CHECKING:  # for those who ask for it
    from rempart_controller.attestation.attester import Attester
    from rempart_controller.fleet.fleet_request import FleetRequest
    from rempart_controller.fleet.fleet_run import FleetAudit, Unasked
    from rempart_controller.notification.notice import Notice
    from rempart_controller.recording.run_recorder import RunRecorder
    from rempart_core.model.framework import Framework
    from rempart_core.model.waiver import Waiver
    from rempart_reports.formats.contract import PiecesOf

_INCOMPLETE = 3  # the exit status of an audit that left something out


def audit(request: AuditRequest) -> int:
    """Audit, report, and return the exit status.

    Raises:
        RempartError: It could not be made, saved, reported or told.
    """
    notice = None
    if request.recipients is not None:  # made ready before the audit, which may take long
        from rempart_controller.notification.notice import Notice

        notice = Notice(request.recipients)
    try:
        with Stop(*request.deadline) as stop:
            return _Audit(request, notice, stop).run()
    except NotificationError:
        raise
    except RempartError as error:
        if notice is not None:
            notice.tell_failure(error)  # a nightly audit that does not take place must not look like a quiet night
        raise


class _Audit:
    """An audit from the options to the exit status; whatever ends it before its time, the reports are written."""

    def __init__(self, request: AuditRequest, notice: "Notice | None", stop: Stop) -> None:
        self._request = request
        self._places = request.places
        self._notice = notice
        self._stop = stop
        self._undelivered = notice.say_waiting() if notice is not None else NOTHING
        self._memory: RunRecorder | None = None
        self._frameworks: Mapping[str, Framework] = {}
        self._failed: list[RempartError] = []
        self._attester: Attester | None = None

    def run(self) -> int:
        """Audit, and return the exit status."""
        request = self._request
        self._places.check({"--attest": request.attest.place} if request.attest is not None else {})
        if "html" in self._places.files or "html" in self._places.folders:
            self._frameworks = _read_frameworks(request.ask.directories)
        if request.attest is not None:
            from rempart_controller.attestation.attester import open_attester

            self._attester = open_attester(request.attest)
        if request.registers:
            from rempart_controller.organisation.audit import expect_readable

            expect_readable(request.registers, request.live)
        with suppress(Stopped), self._stop.window():
            self._memory = open_recorder(request.recording)
        if request.fleet is not None:
            return self._finish(self._audit_fleet(request.fleet))
        if request.registers:
            return self._finish(self._report_one(self._audit_organisation()))
        return self._finish(self._audit_one())

    def _audit_fleet(self, request: "FleetRequest") -> int:
        from rempart_controller.fleet.fleet_run import open_audit

        with closing(open_audit(request, self._memory, self._stop)) as fleet:
            found = fleet.ask()
            self._failed += found.failed
            if self._request.registers:
                self._include_organisation(fleet, found)
            self._write(found)
            places = self._places
            written = () if self._failed else places.list()
            return fleet.finish(reported=not self._failed, quiet=places.take_standard_output, reports=written)

    def _include_organisation(self, fleet: "FleetAudit | Unasked", found: FinishedAudit) -> None:
        """Audit the organisation behind its machines; where that fails, what these said is saved and reported first."""
        if self._stop.asked:
            say(Message("organisation.not_audited", reason=own(self._stop.reason)))
            return
        try:
            fleet.include(self._audit_organisation(found.runs()))
        except RempartError as error:
            self._failed.append(error)

    def _audit_one(self) -> int:
        request, memory = self._request.ask, self._memory
        progress = _Progress(self._request)
        try:
            if memory is not None:
                request = request._replace(history=memory.history(auditing.name_target(request)))
            run = auditing.audit(request, say, progress.show, self._stop)
        finally:
            progress.clear()
        if memory is not None:
            run = memory.identify(run)
        status = self._report_one(run)
        self._attest(run)
        return status

    def _audit_organisation(self, runs: Iterable[Run] = ()) -> Run:
        """Audit the organisation, held against what this audit found on machines, or what is known of them."""
        from rempart_controller.organisation.audit import audit_organisation

        request, memory = self._request, self._memory
        return audit_organisation(request.registers, request.live, request.ask, memory.store if memory else None, runs)

    def _report_one(self, run: Run) -> int:
        """Save and report the run of one target, and return the exit status."""
        request, memory = self._request.ask, self._memory
        shown = run._replace(notes=(self._undelivered, *run.notes)) if self._undelivered.en else run
        whole = not run.unfinished.en
        waivers = _read_waivers(request) if "html" in self._places.files or "html" in self._places.folders else ()
        found = FinishedAudit(lambda: [shown], run.ended, history=lambda: _keep(run), whole=whole, waivers=waivers)
        self._write(found)
        if not self._request.quiet and not self._places.take_standard_output:
            _print(shown, self._request, memory)
            if self._request.registers:
                print(_sum_up(shown))
        if run.unfinished.en:
            say(Message("command.audit_interrupted", reason=own(run.unfinished)))
        return gate.exit_status(run, self._request.threshold)

    def _attest(self, run: Run) -> None:
        """Sign for the image, where that is wanted; what hinders it is told at the end."""
        if self._attester is None:
            return
        try:
            with self._stop.window():
                for told in self._attester.attest(run, self._request.threshold):
                    say(told)
        except Stopped:
            self._failed.append(AttestationError(Message("attest.not_finished")))
        except (AttestationError, ReportError) as error:
            self._failed.append(error)

    def _write(self, found: FinishedAudit) -> None:
        """Save and report."""
        if self._memory is not None:
            self._memory.save(found.saved(), found.kept, found.others, found.delivered, whole=found.whole)
        self._write_reports(found)

    def _write_reports(self, found: FinishedAudit) -> None:
        """Write each report that is wanted; what hinders one is told at the end, and the others are written."""
        if not self._places.files and not self._places.folders:
            return
        from rempart_reports.formats import registry as formats
        from rempart_reports.formats import report_file
        from rempart_reports.formats.contract import Pieces
        from rempart_reports.views.options import Options

        request, memory = self._request, self._memory
        chosen = Options(
            language=request.language,
            form=request.places.form,
            fleet=request.fleet is not None,
            threshold=request.threshold,
            generated=found.moment,
            head=memory.head if memory else "",
            answered=memory.answered() if memory else {},
            opened=memory.opened if memory else None,
            known=memory.known if memory else None,
            drift=memory.drift() if memory else None,
            unfinished=self._stop.asked,
            undelivered=self._undelivered,
            appendix=self._places.appendix,
            location=self._places.location,
            frameworks=self._frameworks,
            trend=memory.trend() if memory and "html" in self._places.folders else (),
            waivers=found.waivers,
        )
        if memory is not None:
            memory.release()
        with self._noted():
            files = {name: formats.load(name) for name in self._places.files}
            folders = {name: formats.load_directory(name)(chosen) for name in self._places.folders}
            pieces: Mapping[str, PiecesOf] = {}
            if found.pieces:
                named = {name: form(chosen) for name, form in files.items()}
                pieces = found.pieces(named | {f"{name}/": report for name, report in folders.items()})
            for name, form in files.items():
                with self._noted():
                    own = pieces[name] if pieces else Pieces(form, found.runs(), chosen)
                    report_file.join_report(self._places.files[name], own)
            for name, report in folders.items():
                with self._noted():
                    own = pieces[f"{name}/"] if pieces else Pieces(report, found.runs(), chosen)
                    report.join(self._places.folders[name], own)

    @contextmanager
    def _noted(self) -> Iterator[None]:
        try:
            yield
        except ReportError as error:
            self._failed.append(error)

    def _finish(self, status: int) -> int:
        """Tell what got worse, close the store, and return the exit status: of a signal that ended it, or its own.

        Raises:
            RempartError: The runs could not be saved, or a report could not be written.
        """
        stop, failed, memory, notice = self._stop, self._failed, self._memory, self._notice
        if notice is not None and stop.reason.en and status == _INCOMPLETE:
            notice.tell_failure(RempartError(Message("command.audit_interrupted", reason=own(stop.reason))))
        if memory is not None:
            try:
                if notice is not None and memory.saved:
                    notice.tell(memory.changes())
            finally:
                status = memory.finish(status)
        if failed and stop.status:
            for error in failed:
                say(error.message)
        elif failed:
            raise ReportError(mistakes([error.message for error in failed]))
        return stop.status or status


def _keep(run: Run) -> list[Run]:
    """Return what a store keeps of a run: of one that was interrupted what was judged, and nothing where nothing was.

    What was not asked says nothing of the target: what is known of it stays what was seen last.
    """
    if not run.unfinished.en:
        return [run]
    judged = [result for result in run.results if result.failure != "interrupted"]
    return [run._replace(results=judged)] if judged else []


def _read_frameworks(own: Sequence[str]) -> "Mapping[str, Framework]":
    """Return what the page says of requirements; read before the audit, since a mistake in it is wrong content."""
    from rempart_core.content.frameworkfile import read_frameworks

    return read_frameworks(check_directories(own))


def _read_waivers(ask: Request) -> Sequence["Waiver"]:
    """Return the waivers that the page tells of; the audit has read them too, and refused mistakes in them."""
    if not ask.waivers:
        return ()
    from rempart_agent.audit import content_cache
    from rempart_agent.audit.judging import read_waiver_files

    here = "linux" if ask.root is not None or sys.platform.startswith("linux") else ""  # as the audit has read it
    content = content_cache.load(check_directories(ask.directories), here)
    return read_waiver_files([ask.waivers], [one.id for one in content.checks])[ask.waivers]


def _sum_up(run: Run) -> str:
    """Return in one line what an organisation came to."""
    from rempart_core.model.result import count

    counts = count(run.results)
    return words(
        "organisation.sum",
        name=clean_line(run.target.name),
        findings=counts["open"],
        gaps=str(counts["not_checked"]),
        errors=counts["error"],
        passed=str(counts["pass"]),
    )


def _print(run: Run, request: AuditRequest, memory: "RunRecorder | None") -> None:
    import os

    from rempart_reports.formats import terminal
    from rempart_reports.views.options import Options

    tty = sys.stdout.isatty()
    width = os.get_terminal_size(sys.stdout.fileno()).columns if tty else 0
    color = tty and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    chosen = Options(
        language=request.language,
        threshold=request.threshold,
        generated=run.ended,
        head=memory.head if memory else "",
        opened=memory.opened if memory else None,
        drift=memory.drift() if memory else None,
        color=color,
        width=width,
        verbose=request.verbose,
        reports=request.places.list(),
    )
    terminal.print_run(run, sys.stdout, chosen)


class _Progress:
    """One line on a terminal that says which check is judged; nothing in a pipe."""

    def __init__(self, request: AuditRequest) -> None:
        self._on = sys.stderr.isatty() and not request.quiet
        self._french = request.language == "fr"
        self._shown = False

    def show(self, done: int, total: int, check: str) -> None:
        """Show how far the audit is, and which check it is at: one that hangs must be seen.

        Args:
            done: How many checks are judged.
            total: How many there are; 0 while images are opened.
            check: The one that comes next, or the images.
        """
        if not self._on:
            return
        self._shown = True
        if total:
            text = f"[{done}/{total}] {'vérification' if self._french else 'check'} {check}"
        else:
            text = f"{'ouverture de' if self._french else 'opening'} {clean_line(check)[:60]}"
        sys.stderr.write(f"\r\033[K{text}")
        sys.stderr.flush()

    def clear(self) -> None:
        """Take the line away."""
        if self._on and self._shown:
            sys.stderr.write("\r\033[K")
            sys.stderr.flush()
