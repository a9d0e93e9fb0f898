"""The command ``rempart plan``."""

import argparse
import os
import secrets
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

from rempart_agent.audit.request import Request
from rempart_agent.cli.audit_options import add_selection, request_of
from rempart_agent.cli.language import option_help, words
from rempart_controller.commands.options.hosts import add_fleet
from rempart_controller.commands.options.remediation import HostWork, add_accepted, add_common, read_work
from rempart_controller.inventory.open_hosts import read_hosts
from rempart_controller.recording.user_key import load_key
from rempart_controller.remediation.ansible.access import name_inventories, read_access
from rempart_controller.remediation.ansible.event import Event
from rempart_controller.remediation.ansible.export import write_playbook
from rempart_controller.remediation.ansible.extra_vars import find_likes, variables_of
from rempart_controller.remediation.ansible.playbook import Access
from rempart_controller.remediation.ansible.progress_line import Console
from rempart_controller.remediation.ansible.run_playbook import play
from rempart_controller.remediation.ansible.task_name import name_task
from rempart_controller.remediation.execution.interrupt import InterruptHandler
from rempart_controller.remediation.execution.measure import HostAuditor, digest_playbooks, playbook_folder
from rempart_controller.remediation.pages.plan import show_plan
from rempart_controller.remediation.planning import draft
from rempart_controller.remediation.planning.last_results import Newest, read_newest
from rempart_controller.remediation.planning.precondition import read_names
from rempart_controller.remediation.records.change import make_id, name_author
from rempart_controller.remediation.records.plan import FixPlan, PlannedHost, Step, write_plan
from rempart_core.content.fixfile import read_fixes
from rempart_core.error import UsageError
from rempart_core.messages.message import Message
from rempart_core.messages.say import say_both
from rempart_core.model.check import DISRUPTIONS, Severity
from rempart_reports.writing.output_places import check_outputs


class PlanRequest(NamedTuple):
    """A plan is asked for.

    Attributes:
        work: The hosts.
        ask: What is asked of each.
        wanted: Which findings are to be fixed, and by which fixes.
        accept_lost: Accounts that may lose their way in.
        store: The store whose newest results are begun with; ``""`` for the usual one, None for none.
        out: The plan's file.
        playbook: The folder of a plain playbook; ``""`` for none.
        html: The file of a page; ``""`` for none.
    """

    work: HostWork
    ask: Request
    wanted: draft.Wanted
    accept_lost: tuple[str, ...]
    store: str | None
    out: str
    playbook: str
    html: str = ""


def add(parser: argparse.ArgumentParser) -> None:
    """See Command.add."""
    parser.usage = "rempart plan -i INVENTORY [-l PATTERN] [OPTION …]"
    parser.description = words("command.plan_long")
    add_selection(parser)
    what = parser.add_argument_group(words("help.group_planned"))
    what.add_argument(
        "--severity",
        choices=[one.value for one in Severity],
        default="info",
        help=option_help("help.plan_severity"),
    )
    what.add_argument(
        "--max-disruption",
        choices=[one for one in DISRUPTIONS if one != "manual"],
        default="lockout",
        help=option_help("help.plan_disruption"),
    )
    add_accepted(what)
    what.add_argument("--waivers", metavar="FILE", default="", help=option_help("help.waivers"))
    what.add_argument(
        "--store",
        metavar="FILE|URL",
        nargs="?",
        const="",
        help=option_help("help.plan_last"),
    )
    out = parser.add_argument_group(words("help.group_written"))
    out.add_argument("--out", metavar="FILE", default="rempart-plan.json", help=option_help("help.plan_out"))
    out.add_argument("--html", metavar="FILE", default="", help=option_help("help.html_page"))
    out.add_argument(
        "--playbook",
        metavar="DIR",
        default="",
        help=option_help("help.plan_playbook"),
    )
    add_common(out)
    parser.add_argument("--deadline", metavar="SECONDS", type=float, default=20.0, help=argparse.SUPPRESS)
    add_fleet(parser)
    parser.set_defaults(engine="auto", socket="", root=None, image=[], baseline="")


def request(options: argparse.Namespace) -> PlanRequest:
    """See Command.request."""
    if not options.inventory:
        raise UsageError(Message("inventory.not_given"))
    files = {"--out": options.out, **({"--html": options.html} if options.html else {})}
    check_outputs(files, {"--playbook": options.playbook} if options.playbook else {})
    return PlanRequest(
        work=read_work(options),
        ask=request_of(options),
        wanted=draft.Wanted((), Severity(options.severity), options.max_disruption),
        accept_lost=read_names(options.accept_lost),
        store=options.store,
        out=options.out,
        playbook=options.playbook,
        html=options.html,
    )


def run(request: PlanRequest) -> int:
    """Write a plan; see ``rempart plan --help``."""
    work = request.work
    console = Console(work.quiet, work.language)
    with InterruptHandler(console, work.language, undoes=False), console:
        return _plan(request, console)


def _plan(request: PlanRequest, console: Console) -> int:
    work, ask = request.work, request.ask
    playbooks = playbook_folder(work.playbooks)
    fixes = read_fixes(playbooks)
    key = load_key()
    console.stage = words("change.stage_plan")
    hosts, passwords = read_hosts(work.choice)
    newest = Newest(ask, tuple(host.name for host in hosts))
    if request.store is not None:
        newest = read_newest(request.store, hosts, ask)
    measure = HostAuditor(hosts, newest.request, work.limits, console.count, playbooks, fixes, request.accept_lost)
    runs = measure.with_preconditions(newest.asked) if newest.asked else {}
    planned = [
        newest.others.get(host.name)
        or draft.draft_host(host, runs[host.name], fixes, request.wanted, measure.beside[host.name])
        for host in hosts
    ]
    rehearsed = _rehearse(planned, read_access(work.choice, passwords, work.limits.parallel), playbooks, console)
    made = FixPlan(
        id=make_id("p"),
        created=time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        author=name_author(),
        inventories=tuple(name_inventories(work.choice.inventories)),
        content=digest_playbooks(playbooks),
        checks_dirs=tuple(os.path.abspath(one) for one in ask.directories),
        hosts=tuple(draft.leave_idle(host) for host in rehearsed),
        profile=ask.profile,
        role=ask.role,
        parameters=ask.parameters,
        accept_lost=request.accept_lost,
    )
    console.clear()
    write_plan(request.out, made, key)
    if request.playbook:
        write_playbook(request.playbook, made, playbooks)
    if request.html:
        from rempart_controller.remediation.pages.plan_document import document_of
        from rempart_reports.formats.html.document import write_document

        write_document(request.html, document_of(made, work.language), work.language)
    if not work.quiet and request.html != "-":
        command = ["", f"rempart apply {request.out}"] if any(host.applicable for host in made.hosts) else [""]
        print("\n".join([*show_plan(made, work.language), *command]))
    if any(any(host.silent) for host in made.hosts):
        return 3
    return int(any(True for _ in made.fixes()))


def _rehearse(hosts: Sequence[PlannedHost], access: Access, playbooks: str, console: Console) -> Iterator[PlannedHost]:
    """Yield the hosts with what check mode says of each fix."""
    said = _Said(console)
    wanted = {host.name: host.applicable for host in hosts if host.applicable}
    variables = {name: variables_of("rehearsal", fixes, "", 0) for name, fixes in wanted.items()}
    if likes := find_likes(hosts, variables):
        groups = {"rempart_first": [one for one in variables if one not in likes], "rempart_others": list(likes)}
        own = {"nonce": secrets.token_hex(16)}
        told = {name: {**one, **own, "like": likes.get(name, "")} for name, one in variables.items()}
        said.hear(play(playbooks, "rehearse.yml", access, told, check=True, groups=groups), told)
    # Where the first of each kind is silent, Ansible does not come to the others.
    if rest := {name: one for name, one in variables.items() if name not in said.heard}:
        said.hear(play(playbooks, "apply.yml", access, rest, check=True), rest)
    for host in hosts:
        broken = [said.broken[host.name]] if host.name in said.broken else []
        fixes = [replace(fix, steps=tuple(said.steps.get((host.name, fix.check), broken))) for fix in host.fixes]
        yield replace(host, fixes=tuple(fixes))


class _Said:
    """What check mode has said.

    Attributes:
        steps: By host and check.
        broken: Why nobody knows what the rest would do on a host.
        heard: Hosts of which anything was heard.
    """

    def __init__(self, console: Console) -> None:
        self.steps: dict[tuple[str, str], list[Step]] = {}
        self.broken: dict[str, Step] = {}
        self.heard: set[str] = set()
        self._console = console

    def hear(self, events: Iterable[Event], names: Iterable[str]) -> None:
        """Take in what happens in a run on some hosts."""
        for event in events:
            if event.kind == "start":
                self._console.begin(event.host, name_task(event.task))
            elif event.kind == "task":
                self._console.show(event.host, name_task(event.task), done=True)
                self._take(event)
            elif event.kind == "end":
                self.heard |= set(names)
                no_end = say_both(Message("change.no_end"))
                late = Step("", "failed", no_end.en, (), no_end.fr)
                self.broken |= {name: self.broken.get(name, late) for name in names}
        self._console.rest()

    def _take(self, event: Event) -> None:
        self.heard.add(event.host)
        if event.outcome in {"failed", "unreachable"} and not event.ignored:
            self.broken[event.host] = Step(event.task, "failed", event.message, (), event.french)
        if event.check and event.outcome in {"changed", "unknown", "failed", "unreachable"}:
            outcome = "refused" if event.refused else "failed" if event.outcome == "unreachable" else event.outcome
            step = Step(event.task, outcome, event.message, tuple(event.diff), event.french)
            self.steps.setdefault((event.host, event.check), []).append(step)
