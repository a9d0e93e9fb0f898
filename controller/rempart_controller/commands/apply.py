"""The command ``rempart apply``."""

import argparse
import time
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from rempart_agent.audit.request import Request
from rempart_agent.cli.base import say
from rempart_agent.cli.language import option_help, words
from rempart_controller.commands.options.hosts import add_fleet, positive
from rempart_controller.commands.options.remediation import HostWork, add_accepted, add_common, add_own, read_work
from rempart_controller.commands.options.reports import add_reports_after, read_places
from rempart_controller.inventory.open_hosts import read_again, read_hosts
from rempart_controller.recording.open_recorder import Recording
from rempart_controller.recording.user_key import load_key
from rempart_controller.remediation.ansible.access import read_access
from rempart_controller.remediation.ansible.progress_line import Console, confirm
from rempart_controller.remediation.execution.apply import Applier
from rempart_controller.remediation.execution.held_hosts import LeftOutHost, Openings, expect_fresh, hold_met, hold_same
from rempart_controller.remediation.execution.interrupt import InterruptHandler
from rempart_controller.remediation.execution.measure import (
    HostAuditor,
    digest_playbooks,
    playbook_folder,
    without_preconditions,
)
from rempart_controller.remediation.execution.reporting import Reporting, mark_applied
from rempart_controller.remediation.execution.stage import ApplyOptions
from rempart_controller.remediation.pages.applied import show_outcomes
from rempart_controller.remediation.planning import precondition
from rempart_controller.remediation.records.before import Asked, Before, note_before
from rempart_controller.remediation.records.change import ChangeRecord, make_id, name_author, write_record
from rempart_controller.remediation.records.plan import FixPlan, PlannedHost, read_plan
from rempart_controller.remediation.records.wave import read_waves, split
from rempart_controller.remediation.records.window import window_of
from rempart_core.content.fixfile import find_opened, read_fixes
from rempart_core.error import UsageError
from rempart_core.messages.message import Message, as_is, own, points
from rempart_core.messages.say import say_both
from rempart_core.suggestion import quoted
from rempart_core.text import NOTHING, Text
from rempart_reports.writing.output_places import ReportPlaces

_MANY = 20  # hosts that are named in an error
_REVERT_AFTER = 300
_TASK = 1800


class ApplyRequest(NamedTuple):
    """A plan is to be applied, or a change to be gone on with.

    Attributes:
        work: The hosts; of no inventory, those of the plan's.
        plan: The plan's file.
        resume: The change that is gone on with, by its id; ``""`` for none.
        yes: Whether nobody is asked.
        waves: Hosts or shares of them that a wave ends with.
        max_fail: The share of hosts, in percent, that may fail.
        revert_after: Seconds after which an endpoint undoes a risky change that nobody confirmed.
        task_deadline: Seconds after which a host counts as lost that does not end a task.
        max_age: Hours after which a plan is refused.
        checks_dirs: Folders of the user's own checks, for a change of which no record lies here.
        accept_lost: Accounts that may lose their way in.
        ignore_window: Whether hosts are changed outside their windows too.
        places: The reports that are wanted.
        recording: What is to be remembered.
    """

    work: HostWork
    plan: str = ""
    resume: str = ""
    yes: bool = False
    waves: str = ""
    max_fail: int = 0
    revert_after: int = _REVERT_AFTER
    task_deadline: float = _TASK
    max_age: float = 24.0
    checks_dirs: tuple[str, ...] = ()
    accept_lost: tuple[str, ...] = ()
    ignore_window: bool = False
    places: ReportPlaces = ReportPlaces()
    recording: Recording = Recording()


def add(parser: argparse.ArgumentParser) -> None:
    """See Command.add."""
    parser.usage = (
        "rempart apply PLAN [-l PATTERN] [OPTION …]\n       rempart apply --resume CHANGE -i INVENTORY [OPTION …]"
    )
    parser.description = words("command.apply_long")
    parser.add_argument("plan", metavar="PLAN", nargs="?", default="", help=option_help("help.plan_file"))
    how = parser.add_argument_group(words("help.group_applied"))
    how.add_argument(
        "--resume",
        metavar="CHANGE",
        default="",
        help=option_help("help.apply_resume"),
    )
    how.add_argument("-y", "--yes", action="store_true", help=option_help("help.yes"))
    how.add_argument(
        "--waves",
        metavar="SIZES",
        default="1,10%,100%",
        help=option_help("help.waves"),
    )
    how.add_argument(
        "--max-fail",
        metavar="PERCENT",
        type=_percent,
        default=0,
        help=option_help("help.max_failed"),
    )
    how.add_argument(
        "--revert-after",
        metavar="SECONDS",
        type=int,
        default=_REVERT_AFTER,
        help=option_help("help.apply_revert_after", seconds=_REVERT_AFTER),
    )
    how.add_argument(
        "--task-deadline",
        metavar="SECONDS",
        type=positive,
        default=_TASK,
        help=option_help("help.task_deadline", seconds=_TASK),
    )
    how.add_argument("--max-age", metavar="HOURS", type=float, default=24.0, help=option_help("help.max_age"))
    add_own(how)
    add_accepted(how)
    how.add_argument("--ignore-window", action="store_true", help=option_help("help.outside_window"))
    out = add_reports_after(
        parser,
        option_help("help.when_apply"),
        option_help("help.store_apply"),
    )
    add_common(out)
    add_fleet(parser)


def _percent(text: str) -> int:
    if not text.isdecimal() or int(text) > 100:
        raise argparse.ArgumentTypeError(words("parse.percent", value=quoted(text)))
    return int(text)


def request(options: argparse.Namespace) -> ApplyRequest:
    """See Command.request."""
    if not options.plan and not options.resume:
        raise UsageError(Message("change.no_plan"))
    return ApplyRequest(
        work=read_work(options),
        plan=options.plan,
        resume=options.resume,
        yes=options.yes,
        waves=options.waves,
        max_fail=options.max_fail,
        revert_after=options.revert_after,
        task_deadline=options.task_deadline,
        max_age=options.max_age,
        checks_dirs=tuple(options.checks_dir),
        accept_lost=precondition.read_names(options.accept_lost),
        ignore_window=options.ignore_window,
        places=read_places(options),
        recording=Recording(options.store, options.sign, deadline=options.ends),
    )


def run(request: ApplyRequest) -> int:
    """Apply a plan; see ``rempart apply --help``."""
    work = request.work
    console = Console(work.quiet, work.language)
    with InterruptHandler(console, work.language, undoes=True) as patience, console:
        if request.resume:
            from rempart_controller.commands.apply_resume import resume

            return resume(request, load_key(), console, patience)
        return _apply(request, console, patience)


def _apply(request: ApplyRequest, console: Console, patience: InterruptHandler) -> int:
    key, language = load_key(), request.work.language
    made = read_plan(request.plan, key)
    waves = read_waves(request.waves)
    playbooks = playbook_folder(request.work.playbooks)
    fixes = read_fixes(playbooks)
    expect_fresh(made, request.max_age)
    if made.content != digest_playbooks(playbooks):
        raise UsageError(Message("change.other_playbooks"))
    choice = request.work.choice
    choice = choice._replace(inventories=choice.inventories or tuple(made.inventories))
    reporting = Reporting(request.places, request.recording, language)
    found, passwords = read_hosts(choice)
    known = {host.name: host for host in found}
    hosts = [host for host in made.hosts if host.name in known and host.applicable]
    if not hosts:
        say(words("change.nothing"))
        return 0
    accepted = precondition.read_names((*made.accept_lost, *request.accept_lost))
    limits = request.work.limits
    measure = HostAuditor(known.values(), _ask(made), limits, console.count, playbooks, fixes, accepted)
    record = ChangeRecord(
        make_id("c"),
        made.id,
        time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        name_author(),
        made.inventories,
        profile=made.profile,
        role=made.role,
        checks_dirs=made.checks_dirs,
        parameters=made.parameters,
    )
    openings = Openings(
        {name: window_of(host.variables.get("rempart_window")) for name, host in known.items()},
        lambda: {host.name: window_of(host.variables.get("rempart_window")) for host in read_again(choice)},
        ignore=request.ignore_window,
    )
    console.stage = words("change.stage_before")
    runs = measure.with_preconditions([host.name for host in hosts])
    reporting.begin([without_preconditions(run) for run in runs.values()])
    how = Asked(made.profile, made.role, tuple(made.parameters))
    before = {host.name: note_before(host.checks, runs[host.name], how) for host in hosts}
    same, absent, moved = hold_same(hosts, runs)
    _expect_some(same, absent, moved, language)
    ready, later = openings.split(same)
    ready, withheld = hold_met(ready, runs, fixes)
    del runs
    left = [*absent, *moved, *later, *withheld]
    for host, reason in left:
        console.say(words("host.said_line", host=host.name, said=own(reason)))
    count = sum(len(host.applicable) for host in ready)
    confirm(Message("change.ask_apply", fixes=count, hosts=len(ready)), yes=request.yes)
    options = ApplyOptions(
        record.id,
        record.author,
        playbooks,
        request.revert_after,
        find_opened(fixes),
        patience.stop,
        {check: fix.touches for (check, platform), fix in fixes.items() if platform == "linux"},
        language,
        openings.closed,
        lambda waits: patience.wait(waits=waits),
    )
    access = read_access(choice, passwords, limits.parallel, request.task_deadline)
    applier = Applier(options, access, measure, console, lambda: write_record(record, key))
    patience.begin()
    stopped, closed = _Waves(applier, record, reporting, request, console, patience, openings).apply(
        split(ready, waves), before
    )
    patience.finish()
    console.clear()
    left += closed
    reasons = dict.fromkeys((host.name for host in ready), stopped) | {host.name: why for host, why in left}
    for host in hosts:
        if host.name not in record.hosts:
            reporting.leave(host.name, [fix.check for fix in host.applicable], record.id, reasons[host.name])
    if not request.work.quiet and not reporting.prints:
        print("\n".join(show_outcomes(record.id, record.hosts.values(), language)))
    reporting.finish()
    if stopped.en:
        say(stopped.get(language))
    if absent or any(host.state == "lost" for host in record.hosts.values()):
        return 3
    done = all(host.name in record.hosts and record.hosts[host.name].good for host in hosts)
    return 0 if done and not left else 1


def _ask(made: FixPlan) -> Request:
    """Return what is asked before and after: all of the profile, and what the plan asked for besides."""
    return Request(
        role=made.role,
        profile=made.profile,
        directories=made.checks_dirs,
        parameters=made.parameters,
        also=tuple(sorted({fix.check for _, fix in made.fixes()})),
    )


def _expect_some(
    same: Sequence[PlannedHost], absent: Sequence[LeftOutHost], moved: Sequence[LeftOutHost], language: str
) -> None:
    """Refuse a plan of which nothing is as it was found, on any host that answers.

    Raises:
        UsageError: With what has changed.
    """
    if same or not moved:
        return
    left = (*absent, *moved)
    said = [Message("text.labelled", label=host.name, text=as_is(why.get(language))) for host, why in left[:_MANY]]
    more = [Message("change.more_hosts", count=len(left) - _MANY)] if len(left) > _MANY else []
    raise UsageError(points(Message("change.moved"), [*said, *more]))


class _Waves:
    """Applies one wave after the other."""

    def __init__(
        self,
        applier: Applier,
        record: ChangeRecord,
        reporting: Reporting,
        request: ApplyRequest,
        console: Console,
        patience: InterruptHandler,
        openings: Openings,
    ) -> None:
        self._applier = applier
        self._record = record
        self._reporting = reporting
        self._request = request
        self._console = console
        self._patience = patience
        self._openings = openings

    def apply(
        self, waves: Sequence[Sequence[PlannedHost]], before: Mapping[str, Before]
    ) -> tuple[Text, list[LeftOutHost]]:
        """Apply the waves; returns why not all of them, nothing where all, and the hosts whose windows have closed."""
        total = sum(len(wave) for wave in waves)
        closed: list[LeftOutHost] = []
        for number, wave in enumerate(waves, 1):
            self._console.stage = words("change.wave", number=number, count=len(waves))
            if number > 1:
                self._openings.refresh()  # hours may have gone by, and somebody may have edited it
            now, later = self._openings.split(wave)
            for host, reason in later:
                self._console.say(words("host.said_line", host=host.name, said=own(reason)))
            closed += later
            if now:
                after = self._applier.apply(now, before, self._record.hosts)
                self._reporting.add(after, mark_applied(self._record, now, self._reporting.language))
            if (why := self._find_end(number, len(waves), now, total)) is not None:
                return why, closed
        return NOTHING, closed

    def _find_end(self, number: int, waves: int, wave: Sequence[PlannedHost], total: int) -> Text | None:
        """Return why no further wave begins; None where one does."""
        hosts = self._record.hosts
        wave_of = Message("change.wave", number=number, count=waves)
        undone = [host.name for host in wave if hosts[host.name].state != "kept"]
        if self._patience.gone and undone and all(hosts[name].state == "lost" for name in undone):
            return say_both(Message("change.interrupted_lost", wave=wave_of, host=undone[0]))
        if self._patience.gone and undone:
            return say_both(Message("change.interrupted_in", wave=wave_of))
        if number == waves:
            return None
        lost = [host.name for host in hosts.values() if host.state == "lost"]
        if self._patience.pressed and not lost:
            return say_both(Message("change.interrupted_after", wave=wave_of))
        if lost:
            return say_both(Message("change.stopped_lost", wave=wave_of, host=lost[0]))
        if worse := [host.name for host in hosts.values() if host.regressed]:
            return say_both(Message("change.stopped_worse", wave=wave_of, host=worse[0]))
        failed = [host for host in hosts.values() if not host.good]
        if 100 * len(failed) > self._request.max_fail * total:
            names = ", ".join(host.name for host in failed[:3])
            return say_both(Message("change.stopped_failed", wave=wave_of, hosts=names))
        return None
