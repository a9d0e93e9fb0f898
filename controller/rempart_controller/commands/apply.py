"""The command ``rempart apply``."""

import argparse
import sys
import time
from collections.abc import Mapping, Sequence

from rempart_agent.audit.request import Request
from rempart_controller.commands.apply_resume import resume
from rempart_controller.inventory.open_hosts import read_again, read_hosts
from rempart_controller.recording.user_key import load_key
from rempart_controller.remediation.ansible.access import read_access
from rempart_controller.remediation.ansible.progress_line import Console, confirm
from rempart_controller.remediation.execution.apply import Applier
from rempart_controller.remediation.execution.held_hosts import LeftOutHost, Openings, expect_fresh, hold_same
from rempart_controller.remediation.execution.interrupt import Patience
from rempart_controller.remediation.execution.measure import (
    Measuring,
    digest_playbooks,
    playbook_folder,
    read_limits,
    without_preconditions,
)
from rempart_controller.remediation.execution.reporting import Reporting, mark_applied
from rempart_controller.remediation.execution.stage import ApplyOptions
from rempart_controller.remediation.pages.applied import show_outcomes
from rempart_controller.remediation.planning import precondition
from rempart_controller.remediation.records.before import Before, note_before
from rempart_controller.remediation.records.change import ChangeRecord, make_id, name_author, write_record
from rempart_controller.remediation.records.plan import MendingPlan, PlannedHost, read_plan
from rempart_controller.remediation.records.wave import read_waves, split
from rempart_controller.remediation.records.window import window_of
from rempart_core.content.fixfile import read_fixes
from rempart_core.error import UsageError
from rempart_core.text import NOTHING, Text, clean_line

_MANY = 20  # hosts that are named in an error


def apply(options: argparse.Namespace) -> int:
    """Apply a plan; see ``rempart apply --help``."""
    console = Console(options.quiet, options.lang)
    with Patience(console, options.lang, undoes=True) as patience, console:
        return _apply(options, console, patience)


def _apply(options: argparse.Namespace, console: Console, patience: Patience) -> int:
    key = load_key()
    if options.resume:
        return resume(options, key, console, patience)
    if not options.plan:
        raise UsageError("PLAN is missing: `rempart plan` makes one; --resume CHANGE continues a change")
    made = read_plan(options.plan, key)
    waves = read_waves(options.waves)
    playbooks = playbook_folder(options.playbooks)
    fixes = read_fixes(playbooks)
    expect_fresh(made, options.max_age)
    if made.content != digest_playbooks(playbooks):
        raise UsageError(
            "the plan is stale: the playbooks are not those it was made with; make a new one, `rempart plan`"
        )
    options.inventory = list(options.inventory or made.inventories)
    reporting = Reporting(options)
    known = {host.name: host for host in read_hosts(options)}
    hosts = [host for host in made.hosts if host.name in known and host.applicable]
    if not hosts:
        print("rempart: nothing to apply", file=sys.stderr)
        return 0
    accepted = precondition.read_names((*made.accept_lost, *options.accept_lost))
    measure = Measuring(known.values(), _request(made), read_limits(options), console.count, playbooks, fixes, accepted)
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
        lambda: {host.name: window_of(host.variables.get("rempart_window")) for host in read_again(options)},
        ignore=options.ignore_window,
    )
    console.stage = "before"
    runs = measure.with_preconditions([host.name for host in hosts])
    reporting.begin([without_preconditions(run) for run in runs.values()])
    how = {"profile": made.profile, "role": made.role, "parameters": list(made.parameters)}
    before = {host.name: note_before(host, runs[host.name], how) for host in hosts}
    same, absent, moved = hold_same(hosts, runs)
    _expect_some(same, absent, moved, options.lang)
    ready, later = openings.split(same)
    ready, withheld = precondition.hold(ready, runs, fixes)
    del runs
    left = [*absent, *moved, *later, *withheld]
    for host, reason in left:
        console.say(f"{host.name}: {reason.get(options.lang)}")
    confirm(f"Apply {sum(len(h.applicable) for h in ready)} fixes to {len(ready)} hosts?", yes=options.yes)
    manner = ApplyOptions(
        record.id,
        record.author,
        playbooks,
        options.revert_after,
        {check: frozenset(fix.opens) for (check, _), fix in fixes.items()},
        patience.stop,
        {check: fix.touches for (check, platform), fix in fixes.items() if platform == "linux"},
        options.lang,
        openings.closed,
        lambda waits: patience.wait(waits=waits),
    )
    applier = Applier(manner, read_access(options), measure, console, lambda: write_record(record, key))
    patience.begin()
    stopped, closed = _Waves(applier, record, reporting, options, console, patience, openings).apply(
        split(ready, waves), before
    )
    patience.finish()
    console.clear()
    left += closed
    reasons = dict.fromkeys((host.name for host in ready), stopped) | {host.name: why for host, why in left}
    for host in hosts:
        if host.name not in record.hosts:
            reporting.leave(host.name, [fix.check for fix in host.applicable], record.id, reasons[host.name])
    if not options.quiet and not reporting.prints:
        print("\n".join(show_outcomes(record.id, record.hosts.values(), options.lang)))
    reporting.finish()
    if stopped.en:
        print(f"rempart: {clean_line(stopped.get(options.lang))}", file=sys.stderr)
    if absent or any(host.state == "lost" for host in record.hosts.values()):
        return 3
    done = all(host.name in record.hosts and record.hosts[host.name].good for host in hosts)
    return 0 if done and not left else 1


def _request(made: MendingPlan) -> Request:
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
    said = [f"{host.name}: {reason.get(language)}" for host, reason in (*absent, *moved)]
    more = f"\n  … and {len(said) - _MANY} more" if len(said) > _MANY else ""
    shown = "\n  ".join(said[:_MANY])
    raise UsageError(f"the plan is stale, make a new one with `rempart plan`:\n  {shown}{more}")


class _Waves:
    """Applies one wave after the other."""

    def __init__(
        self,
        applier: Applier,
        record: ChangeRecord,
        reporting: Reporting,
        options: argparse.Namespace,
        console: Console,
        patience: Patience,
        openings: Openings,
    ) -> None:
        self._applier = applier
        self._record = record
        self._reporting = reporting
        self._options = options
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
            self._console.stage = f"wave {number} of {len(waves)}"
            if number > 1:
                self._openings.refresh()  # hours may have gone by, and somebody may have edited it
            now, later = self._openings.split(wave)
            for host, reason in later:
                self._console.say(f"{host.name}: {reason.get(self._options.lang)}")
            closed += later
            if now:
                after = self._applier.apply(now, before, self._record.hosts)
                self._reporting.add(after, mark_applied(self._record, now))
            if (why := self._find_end(number, len(waves), now, total)) is not None:
                return why, closed
        return NOTHING, closed

    def _find_end(self, number: int, waves: int, wave: Sequence[PlannedHost], total: int) -> Text | None:
        """Return why no further wave begins; None where one does."""
        hosts = self._record.hosts
        at = f"{number} of {waves}", f"{number} sur {waves}"
        undone = [host.name for host in wave if hosts[host.name].state != "kept"]
        if self._patience.gone and undone and all(hosts[name].state == "lost" for name in undone):
            return Text(
                f"interrupted in wave {at[0]}; {undone[0]} is lost, and was not waited for any longer",
                f"interrompu pendant la vague {at[1]} ; {undone[0]} est perdue et n’a plus été attendue",
            )
        if self._patience.gone and undone:
            return Text(
                f"interrupted in wave {at[0]}; what was in hand is undone",
                f"interrompu pendant la vague {at[1]} ; ce qui était en cours est annulé",
            )
        if number == waves:
            return None
        lost = [host.name for host in hosts.values() if host.state == "lost"]
        if self._patience.tired and not lost:
            return Text(
                f"interrupted after wave {at[0]}; what was begun is finished",
                f"interrompu après la vague {at[1]} ; ce qui était commencé est terminé",
            )
        stop = Text(f"stopped after wave {at[0]}: ", f"arrêté après la vague {at[1]} : ")
        if lost:
            return Text(f"{stop.en}{lost[0]} was lost", f"{stop.fr}{lost[0]} est perdue")
        if worse := [host.name for host in hosts.values() if host.regressed]:
            return Text(
                f"{stop.en}{worse[0]} got worse and was undone", f"{stop.fr}{worse[0]} s’est dégradée et a été rétablie"
            )
        failed = [host for host in hosts.values() if not host.good]
        if 100 * len(failed) > self._options.max_fail * total:
            names = ", ".join(host.name for host in failed[:3])
            return Text(
                f"{stop.en}not everything is fixed on {names} (--max-fail)",
                f"{stop.fr}tout n’est pas corrigé sur {names} (--max-fail)",
            )
        return None
