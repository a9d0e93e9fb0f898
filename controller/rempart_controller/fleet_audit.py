"""``rempart audit -i``: which hosts are asked, what each says kept on disk at once, and the reports of all."""

import argparse
import signal
import sys
import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, Any

from rempart_agent import audit as auditing
from rempart_controller.fleet_command import open_fleet, read_limit
from rempart_controller.fleet_summary import Summary
from rempart_controller.journal import Journal, folders_of
from rempart_core.error import RempartError, UsageError
from rempart_core.text import clean_line

if TYPE_CHECKING:
    from rempart_controller.agents.errand import Collected
    from rempart_controller.fleet import Fleet
    from rempart_controller.store.memory import Memory
    from rempart_controller.store.value import Delivered

Write = Callable[[Callable[[], Any], str, Mapping[str, str], Collection[str], Callable[[], Any], Collection[Any]], bool]
"""Saves and reports runs, given anew by each call, at a moment, and tells whether a report went to standard output.

The third are hosts that were done before the audit was interrupted, and when; the fourth hosts that it does not ask.
The fifth gives what is saved, which is more than what is reported where agents bring earlier runs; the sixth which
documents of agents these are."""


def audit_fleet(options: argparse.Namespace, write: Write, memory: "Memory | None") -> int:
    """Audit the hosts of an inventory; returns the exit status.

    Args:
        options: What the command line said.
        write: Saves and reports.
        memory: The store; None where nothing is remembered.

    Raises:
        UsageError: what was asked can't be done.
        ContentError: checks, profiles, parameters or waivers hold mistakes.
        RempartError: a report can't be written, or the store can't be read.
    """
    _refuse(options)
    if options.stale and memory is None:
        raise UsageError("--stale asks the store when hosts answered: --store is missing")
    histories = memory.histories() if memory else None
    fleet = open_fleet(options, auditing.request_of(options), histories, lambda: _watch(options, memory))
    journal = _open_journal(options, fleet, memory)
    try:
        return _Audit(options, fleet, journal, memory).run(write)
    finally:
        journal.close()


def _watch(options: argparse.Namespace, memory: "Memory | None") -> Any:
    """Return what installed agents are judged by."""
    from rempart_controller.agents.errand import Watch
    from rempart_controller.agents.inspection import Taken
    from rempart_controller.agents.known import read_known

    held = memory.delivered() if memory else {}
    taken = {key: Taken(max(documents), documents) for key, documents in held.items()}
    return Watch(read_known(), taken, read_limit(options.agent_limit))


def _refuse(options: argparse.Namespace) -> None:
    for name in ("root", "socket", "baseline"):
        if getattr(options, name, None):
            raise UsageError(f"--{name} does not go together with an inventory")
    if options.role == "image":
        raise UsageError("--role image is for a root filesystem: a host of an inventory is a machine in service")


def _open_journal(options: argparse.Namespace, fleet: "Fleet", memory: "Memory | None") -> Journal:
    folders = folders_of(memory.place if memory else None)
    if options.resume:
        journal = Journal.go_on(fleet, folders)
        if journal.head.left_out and memory is None:
            journal.close()
            raise UsageError(
                "--resume: the audit left out hosts that had answered lately (--stale): --store is missing"
            )
        return journal
    if not options.stale or memory is None:
        return Journal.begin(fleet, (), 0, folders)
    from rempart_controller.store.moment import read_age

    age = read_age(options.stale)
    lately = memory.lately(int(time.time()) - age)
    return Journal.begin(fleet, [host.name for host in fleet.hosts if host.name in lately], age, folders)


class _Audit:
    """An audit while it runs."""

    def __init__(self, options: argparse.Namespace, fleet: "Fleet", journal: Journal, memory: "Memory | None") -> None:
        self._options = options
        self._fleet = fleet
        self._journal = journal
        self._memory = memory
        left_out = set(journal.head.left_out)
        self._meant = [number for number, host in enumerate(fleet.hosts) if host.name not in left_out]
        self._summary = Summary(auditing.threshold_of(options), options.lang)
        self._bar = _Bar(len(self._meant), options.quiet, options.lang)
        self._unfinished = 0

    def run(self, write: Write) -> int:
        """Ask, report, and return the exit status."""
        journal, summary, options = self._journal, self._summary, self._options
        broken = self._ask()
        missing = len(self._meant) - len(journal)
        self._tell_rest()
        try:
            moment = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
            stored = journal.stored()
            delivered = [one for some in stored.values() for one in some]
            machine = write(journal.runs, moment, journal.kept, journal.head.left_out, journal.history, delivered)
        except RempartError:
            self._say_kept()
            raise
        if stored and not broken and self._memory is not None and not self._memory.failed:
            self._confirm(stored, self._memory)
        if not options.quiet and not machine:
            memory = self._memory
            known = (memory.oldest(), memory.drift(), memory.answered()) if memory else ({}, None, {})
            summary.print(sys.stdout, missing, *known)
        if missing or self._unfinished:
            self._say_unfinished(broken, missing)
        elif self._memory is not None and self._memory.failed:
            self._say_kept()
        else:
            journal.finish()
        return broken or summary.status

    def _confirm(self, stored: Mapping[int, Sequence["Delivered"]], memory: "Memory") -> None:
        """Let agents forget what is stored now; what can't be told today is told the next time."""
        gone: dict[str, list[int]] = {}
        try:
            for number, numbers, error in self._fleet.confirm(stored):
                if error:
                    name = clean_line(self._fleet.hosts[number].name)
                    said = f"{name}: its documents are stored, and wait there still: {clean_line(error)}"
                    print(said, file=sys.stderr)
                for one in stored[number]:
                    if one.number in numbers:
                        gone.setdefault(one.key, []).append(one.number)
        except KeyboardInterrupt:
            pass  # all is stored and reported already
        if gone:
            memory.settle(gone)

    def _ask(self) -> int:
        """Ask the hosts that are not done; returns 0, or the exit status of what interrupted that."""
        journal, summary = self._journal, self._summary
        rest = [number for number in self._meant if number not in journal]
        try:
            for number in self._meant:
                if number in journal:
                    self._count(number, journal.collected(number))
            with _take_stop(), closing(self._fleet.audit(rest)) as answers:
                self._bar.show(len(journal), summary.failed, summary.silent)
                for heard in answers:
                    journal.add(heard)
                    self._unfinished += not heard.final
                    self._count(heard.number, self._fleet.collected(heard.number, heard.said))
                    self._bar.show(len(journal), summary.failed, summary.silent)
        except _Stopped:
            return 128 + signal.SIGTERM
        except KeyboardInterrupt:
            return 130  # what is finished is kept
        finally:
            self._bar.clear()
        return 0

    def _count(self, number: int, found: "Collected") -> None:
        """Count what was found on a host; what of it was not believed is an error that must not be missed."""
        self._summary.add(number, found.run, found.remark, whole=not found.refused)
        if found.refused:
            self._bar.clear()
        for why in found.refused:
            said = f"{self._fleet.hosts[number].name}: {why.get(self._options.lang)}"
            print(clean_line(said), file=sys.stderr)

    def _tell_rest(self) -> None:
        head, memory = self._journal.head, self._memory
        if self._journal.kept:
            self._summary.go_on(len(self._journal.kept), len(self._meant), head.began)
        if head.left_out and memory:
            words = memory.words(head.left_out)
            self._summary.leave_out(head.left_out, head.age, words, time.strftime("%Y-%m-%d", time.gmtime()))

    def _say_unfinished(self, broken: int, missing: int) -> None:
        what = "interrupted" if broken else "the run's deadline was reached"
        number, total = missing + self._unfinished, len(self._meant)
        hint = "; the same command with --resume goes on with them" if self._journal.lasting else ""
        print(f"rempart: {what}; {number} of {total} hosts are missing{hint}", file=sys.stderr)

    def _say_kept(self) -> None:
        if self._journal.lasting:
            said = "the answers are kept: the same command with --resume reports and saves them, and asks nobody again"
            print(f"rempart: {said}", file=sys.stderr)


class _Stopped(BaseException):
    """The process was asked to end."""


@contextmanager
def _take_stop() -> Iterator[None]:
    """Make of SIGTERM, which ends a service, what Ctrl-C is: what is finished is reported."""

    def stop(*_: object) -> None:
        raise _Stopped

    before = signal.signal(signal.SIGTERM, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


class _Bar:
    """A bar on a terminal: hosts done, failed, silent; nothing in a pipe."""

    def __init__(self, total: int, quiet: bool, language: str) -> None:
        self._total = total
        self._on = sys.stderr.isatty() and not quiet
        self._words = ("constats", "muettes") if language == "fr" else ("failed", "silent")
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
