"""The commands that mend: ``rempart plan`` and ``rempart apply``."""

import argparse
import os
import sys
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from rempart_agent import audit as auditing
from rempart_controller.fleet_command import read_hosts
from rempart_controller.output import check_outputs
from rempart_controller.remediation import draft, precondition
from rempart_controller.remediation.access import name_inventories, read_access
from rempart_controller.remediation.applying import Applier, Before, Manner, note_before
from rempart_controller.remediation.console import Console, confirm
from rempart_controller.remediation.export import write_playbook
from rempart_controller.remediation.measuring import (
    Measuring,
    digest_playbooks,
    playbook_folder,
    read_effort,
    without_preconditions,
)
from rempart_controller.remediation.newest import Newest, read_newest
from rempart_controller.remediation.overlay import variables_of
from rempart_controller.remediation.page import show_outcomes
from rempart_controller.remediation.patience import Patience
from rempart_controller.remediation.plan_page import show_plan
from rempart_controller.remediation.planfile import MendingPlan, PlannedHost, Step, read_plan, write_plan
from rempart_controller.remediation.playbook import Access
from rempart_controller.remediation.playing import play
from rempart_controller.remediation.record import (
    ChangeRecord,
    make_id,
    name_author,
    write_record,
)
from rempart_controller.remediation.reporting import Reporting, mark_applied
from rempart_controller.remediation.wave import read_waves, split
from rempart_controller.remediation.window import read_windows
from rempart_controller.trust.key import load_key
from rempart_core.check import Severity
from rempart_core.error import UsageError
from rempart_core.fixfile import read_fixes
from rempart_core.result import Run
from rempart_core.text import NOTHING, Text, clean_line

_AHEAD = 300  # seconds that the clock of who made a plan may be ahead
_MANY = 20  # hosts that are named in an error


def plan(options: argparse.Namespace) -> int:
    """Write a plan; see ``rempart plan --help``."""
    if not options.inventory:
        raise UsageError("-i INVENTORY is missing: it names the hosts")
    check_outputs({"--out": options.out}, {"--playbook": options.playbook} if options.playbook else {})
    playbooks = playbook_folder(options.playbooks)
    fixes = read_fixes(playbooks)
    key = load_key()
    hosts = read_hosts(options)
    console = Console(options.quiet)
    console.stage = "plan"
    request = auditing.request_of(options)
    newest = Newest(request, tuple(host.name for host in hosts))
    if options.store is not None:
        newest = read_newest(options.store, hosts, request)
    measure = Measuring(hosts, newest.request, read_effort(options), console.count, playbooks, fixes)
    wanted = draft.Wanted((), Severity(options.severity), options.max_disruption)
    try:
        runs = measure.with_preconditions(newest.asked) if newest.asked else {}
        planned = [
            newest.others.get(host.name)
            or draft.draft_host(host, runs[host.name], fixes, wanted, measure.beside[host.name])
            for host in hosts
        ]
        made = MendingPlan(
            id=make_id("p"),
            created=_utc(),
            author=name_author(),
            inventories=tuple(name_inventories(options.inventory)),
            content=digest_playbooks(playbooks),
            checks_dirs=tuple(os.path.abspath(one) for one in options.checks_dir),
            hosts=tuple(_rehearse(planned, read_access(options), playbooks, console)),
            profile=options.profile,
            role=options.role,
            parameters=tuple(options.param),
        )
    finally:
        console.clear()
    write_plan(options.out, made, key)
    if options.playbook:
        write_playbook(options.playbook, made, playbooks)
    if not options.quiet:
        print("\n".join(show_plan(made, options.lang)))
        print(f"\nrempart apply {options.out}" if any(host.applicable for host in made.hosts) else "")
    if any(any(host.silent) for host in made.hosts):
        return 3
    return int(any(True for _ in made.fixes()))


def _rehearse(hosts: Sequence[PlannedHost], access: Access, playbooks: str, console: Console) -> Iterator[PlannedHost]:
    """Yield the hosts with what check mode says of each fix."""
    steps: dict[tuple[str, str], list[Step]] = {}
    wanted = {host.name: host.applicable for host in hosts if host.applicable}
    if wanted:
        variables = {name: variables_of("rehearsal", fixes, "", 0) for name, fixes in wanted.items()}
        for event in play(playbooks, "apply.yml", access, variables, check=True):
            console.show(event.host, event.task)
            if (
                event.kind == "task"
                and event.check
                and event.outcome in {"changed", "unknown", "failed", "unreachable"}
            ):
                outcome = "failed" if event.outcome == "unreachable" else event.outcome
                step = Step(event.task, outcome, event.message, tuple(event.diff))
                steps.setdefault((event.host, event.check), []).append(step)
    for host in hosts:
        fixes = [replace(fix, steps=tuple(steps.get((host.name, fix.check), ()))) for fix in host.fixes]
        yield replace(host, fixes=tuple(fixes))


def apply(options: argparse.Namespace) -> int:
    """Apply a plan; see ``rempart apply --help``."""
    key = load_key()
    made = read_plan(options.plan, key)
    waves = read_waves(options.waves)
    playbooks = playbook_folder(options.playbooks)
    fixes = read_fixes(playbooks)
    _expect_fresh(made, options.max_age)
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
    console = Console(options.quiet)
    request = auditing.Request(
        role=made.role,
        profile=made.profile,
        directories=made.checks_dirs,
        parameters=made.parameters,
        also=tuple(sorted({fix.check for _, fix in made.fixes()})),  # a profile may not hold what the plan asked for
    )
    measure = Measuring(known.values(), request, read_effort(options), console.count, playbooks, fixes)
    record = ChangeRecord(
        make_id("c"),
        made.id,
        _utc(),
        name_author(),
        made.inventories,
        profile=made.profile,
        role=made.role,
        checks_dirs=made.checks_dirs,
        parameters=made.parameters,
    )
    try:
        console.stage = "before"
        runs = measure.with_preconditions([host.name for host in hosts])
        _expect_same(hosts, runs)
        reporting.begin([without_preconditions(run) for run in runs.values()])
        before = {host.name: note_before(host, runs[host.name]) for host in hosts}
        ready, later = _split_by_window(hosts, ignore=options.ignore_window)
        ready, withheld = precondition.hold(ready, runs, fixes)
        del runs
        later += withheld
        for host, reason in later:
            console.say(f"{host.name}: {reason.get(options.lang)}")
        confirm(f"Apply {sum(len(h.applicable) for h in ready)} fixes to {len(ready)} hosts?", yes=options.yes)
        opens = {check: frozenset(fix.opens) for (check, _), fix in fixes.items()}
        with Patience(console, options.lang, undoes=True) as patience:
            manner = Manner(record.id, record.author, playbooks, options.revert_after, opens, patience.stop)
            applier = Applier(manner, read_access(options), measure, console.show, lambda: write_record(record, key))
            sizes = split(ready, waves)
            stopped = _apply_waves(applier, sizes, before, record, reporting, options, console, patience)
    finally:
        console.clear()
    reasons = dict.fromkeys((host.name for host in ready), stopped) | {host.name: why for host, why in later}
    for host in hosts:
        if host.name not in record.hosts:
            reporting.leave(host.name, [fix.check for fix in host.applicable], record.id, reasons[host.name])
    if not options.quiet and not reporting.prints:
        print("\n".join(show_outcomes(record.id, record.hosts.values(), options.lang)))
    reporting.finish()
    if stopped.en:
        print(f"rempart: {clean_line(stopped.get(options.lang))}", file=sys.stderr)
    if any(host.state == "lost" for host in record.hosts.values()):
        return 3
    done = all(host.name in record.hosts and record.hosts[host.name].good for host in hosts)
    return 0 if done and not later else 1


def _apply_waves(
    applier: Applier,
    waves: Sequence[Sequence[PlannedHost]],
    before: Mapping[str, Before],
    record: ChangeRecord,
    reporting: Reporting,
    options: argparse.Namespace,
    console: Console,
    patience: Patience,
) -> Text:
    """Apply the waves; returns why not all of them, nothing where all."""
    total = sum(len(wave) for wave in waves)
    for number, wave in enumerate(waves, 1):
        console.stage = f"wave {number} of {len(waves)}"
        after = applier.apply(wave, before, record.hosts)
        reporting.add(after, mark_applied(record, wave))
        bad = [host for host in record.hosts.values() if host.state != "kept" or host.regressed]
        at = f"{number} of {len(waves)}", f"{number} sur {len(waves)}"
        if patience.gone and any(record.hosts[host.name].state != "kept" for host in wave):
            return Text(
                f"interrupted in wave {at[0]}; what was in hand is undone",
                f"interrompu pendant la vague {at[1]} ; ce qui était en cours est annulé",
            )
        if number == len(waves):
            break
        if patience.tired:
            return Text(
                f"interrupted after wave {at[0]}; what was begun is finished",
                f"interrompu après la vague {at[1]} ; ce qui était commencé est terminé",
            )
        stop = Text(f"stopped after wave {at[0]}: ", f"arrêté après la vague {at[1]} : ")
        if any(host.state == "lost" for host in bad):
            return Text(f"{stop.en}{bad[0].name} was lost", f"{stop.fr}{bad[0].name} est perdue")
        failed = [host for host in record.hosts.values() if not host.good]
        if any(host.regressed for host in bad):
            worse = next(host.name for host in bad if host.regressed)
            return Text(
                f"{stop.en}{worse} got worse and was undone", f"{stop.fr}{worse} s’est dégradée et a été rétablie"
            )
        if 100 * len(failed) > options.max_fail * total:
            names = ", ".join(host.name for host in failed[:3])
            return Text(
                f"{stop.en}not all is mended on {names} (--max-fail)",
                f"{stop.fr}tout n’est pas corrigé sur {names} (--max-fail)",
            )
    return NOTHING


def _expect_fresh(made: MendingPlan, max_age: float) -> None:
    """Refuse a plan that is too old, or that was made later than now: one of the two clocks is wrong.

    Raises:
        UsageError: It is.
    """
    age = time.time() - datetime.strptime(made.created, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC).timestamp()
    if age < -_AHEAD:
        raise UsageError(
            f"the plan is dated {made.created}, which is yet to come: a clock is wrong; make a new plan, `rempart plan`"
        )
    if age > max_age * 3600:
        raise UsageError(f"the plan is {age / 3600:.0f} h old; make a new one with `rempart plan` (--max-age)")


def _expect_same(hosts: Iterable[PlannedHost], runs: Mapping[str, Run]) -> None:
    """Refuse a plan whose facts have changed since.

    Raises:
        UsageError: With what has changed.
    """
    moved = []
    for host in hosts:
        results = {one.check: one for one in runs[host.name].results}
        if draft.is_silent(runs[host.name]):
            moved.append(f"{host.name}: it does not answer")
            continue
        moved += [
            f"{host.name}: {fix.check} is not as it was found"
            for fix in host.applicable
            if fix.check not in results or draft.facts_of(results[fix.check]) != fix.facts
        ]
    if moved:
        more = f"\n  … and {len(moved) - _MANY} more" if len(moved) > _MANY else ""
        said = "\n  ".join(moved[:_MANY])
        raise UsageError(f"the plan is stale, make a new one with `rempart plan`:\n  {said}{more}")


def _split_by_window(
    hosts: Sequence[PlannedHost], *, ignore: bool
) -> tuple[list[PlannedHost], list[tuple[PlannedHost, Text]]]:
    """Return the hosts that may be changed now, and those that may not, with the reason."""
    now = datetime.now(UTC)
    ready: list[PlannedHost] = []
    later: list[tuple[PlannedHost, Text]] = []
    for host in hosts:
        windows = read_windows(host.window)
        if ignore or not windows or any(one.is_open(now) for one in windows):
            ready.append(host)
        else:
            said = Text(
                f"it may be changed {host.window} only (--ignore-window)",
                f"elle ne peut être modifiée que {host.window} (--ignore-window)",
            )
            later.append((host, said))
    return ready, later


def _utc() -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
