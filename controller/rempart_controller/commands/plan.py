"""The command ``rempart plan``."""

import argparse
import os
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace

from rempart_agent.cli.audit_options import request_of
from rempart_controller.inventory.open_hosts import read_hosts
from rempart_controller.recording.user_key import load_key
from rempart_controller.remediation.ansible.access import name_inventories, read_access
from rempart_controller.remediation.ansible.export import write_playbook
from rempart_controller.remediation.ansible.extra_vars import variables_of
from rempart_controller.remediation.ansible.playbook import Access
from rempart_controller.remediation.ansible.progress_line import Console
from rempart_controller.remediation.ansible.run_playbook import play
from rempart_controller.remediation.execution.interrupt import Patience
from rempart_controller.remediation.execution.measure import Measuring, digest_playbooks, playbook_folder, read_limits
from rempart_controller.remediation.pages.plan import show_plan
from rempart_controller.remediation.planning import draft
from rempart_controller.remediation.planning.last_results import Newest, read_newest
from rempart_controller.remediation.planning.precondition import read_names
from rempart_controller.remediation.records.change import make_id, name_author
from rempart_controller.remediation.records.plan import MendingPlan, PlannedHost, Step, write_plan
from rempart_core.content.fixfile import read_fixes
from rempart_core.error import UsageError
from rempart_core.model.check import Severity
from rempart_reports.writing.output_places import check_outputs

_NO_END = "check mode did not come to its end"


def plan(options: argparse.Namespace) -> int:
    """Write a plan; see ``rempart plan --help``."""
    console = Console(options.quiet, options.lang)
    with Patience(console, options.lang, undoes=False), console:
        return _plan(options, console)


def _plan(options: argparse.Namespace, console: Console) -> int:
    if not options.inventory:
        raise UsageError("-i INVENTORY is missing: it names the hosts")
    check_outputs({"--out": options.out}, {"--playbook": options.playbook} if options.playbook else {})
    playbooks = playbook_folder(options.playbooks)
    fixes = read_fixes(playbooks)
    key = load_key()
    console.stage = "plan"
    hosts = read_hosts(options)
    request = request_of(options)
    newest = Newest(request, tuple(host.name for host in hosts))
    if options.store is not None:
        newest = read_newest(options.store, hosts, request)
    accepted = read_names(options.accept_lost)
    measure = Measuring(hosts, newest.request, read_limits(options), console.count, playbooks, fixes, accepted)
    wanted = draft.Wanted((), Severity(options.severity), options.max_disruption)
    runs = measure.with_preconditions(newest.asked) if newest.asked else {}
    planned = [
        newest.others.get(host.name)
        or draft.draft_host(host, runs[host.name], fixes, wanted, measure.beside[host.name])
        for host in hosts
    ]
    rehearsed = _rehearse(planned, read_access(options), playbooks, console)
    made = MendingPlan(
        id=make_id("p"),
        created=time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        author=name_author(),
        inventories=tuple(name_inventories(options.inventory)),
        content=digest_playbooks(playbooks),
        checks_dirs=tuple(os.path.abspath(one) for one in options.checks_dir),
        hosts=tuple(draft.leave_idle(host) for host in rehearsed),
        profile=options.profile,
        role=options.role,
        parameters=tuple(options.param),
        accept_lost=accepted,
    )
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
    broken: dict[str, Step] = {}  # nobody knows what the rest would do there
    wanted = {host.name: host.applicable for host in hosts if host.applicable}
    if wanted:
        variables = {name: variables_of("rehearsal", fixes, "", 0) for name, fixes in wanted.items()}
        for event in play(playbooks, "apply.yml", access, variables, check=True):
            if event.kind == "start":
                console.begin(event.host, event.task)
            elif event.kind == "task":
                console.show(event.host, event.task, done=True)
                if event.outcome in {"failed", "unreachable"} and not event.ignored:
                    broken[event.host] = Step(event.task, "failed", event.message)
            elif event.kind == "end":
                broken |= {name: broken.get(name, Step("", "failed", _NO_END)) for name in wanted}
            if (
                event.kind == "task"
                and event.check
                and event.outcome in {"changed", "unknown", "failed", "unreachable"}
            ):
                outcome = "refused" if event.refused else "failed" if event.outcome == "unreachable" else event.outcome
                step = Step(event.task, outcome, event.message, tuple(event.diff))
                steps.setdefault((event.host, event.check), []).append(step)
        console.rest()
    for host in hosts:
        rest = [broken[host.name]] if host.name in broken else []
        fixes = [replace(fix, steps=tuple(steps.get((host.name, fix.check), rest))) for fix in host.fixes]
        yield replace(host, fixes=tuple(fixes))
