"""``rempart apply --resume CHANGE``: endpoints go on with a change from their own records, whoever began it."""

import sys
from collections.abc import Mapping, Sequence

from rempart_agent.audit.request import Request
from rempart_agent.cli.base import say as tell
from rempart_agent.cli.language import words
from rempart_controller.commands.apply import ApplyRequest
from rempart_controller.inventory.host import Host
from rempart_controller.inventory.open_hosts import read_hosts
from rempart_controller.remediation.ansible.access import read_access
from rempart_controller.remediation.ansible.answer import read_reports, read_word
from rempart_controller.remediation.ansible.progress_line import Console, confirm
from rempart_controller.remediation.ansible.run_playbook import listener_of
from rempart_controller.remediation.execution.interrupt import InterruptHandler
from rempart_controller.remediation.execution.judge_host import judge_host, look, note_undone
from rempart_controller.remediation.execution.measure import HostAuditor, expect_known, playbook_folder
from rempart_controller.remediation.execution.revert import Reverter, say_who_undid
from rempart_controller.remediation.execution.stage import ApplyOptions, Stage, is_lost
from rempart_controller.remediation.pages.applied import show_outcomes
from rempart_controller.remediation.records.change import (
    ChangeRecord,
    expect_id,
    has_record,
    name_author,
    read_record,
    utc,
    write_record,
)
from rempart_controller.remediation.records.outcome import FixOutcome, HostOutcome
from rempart_controller.remediation.undo.endpoint_records import FoundChange, ask_endpoints
from rempart_core.content.fixfile import find_opened, read_fixes
from rempart_core.error import UsageError
from rempart_core.json_value import JsonObject
from rempart_core.messages.message import Message, own
from rempart_core.messages.say import say_both
from rempart_core.model.fix_outcome import Outcome, show
from rempart_core.model.result import Run, State
from rempart_core.signing.key import Key
from rempart_core.text import NOTHING, Text, clean_line


def resume(request: ApplyRequest, key: Key, console: Console, patience: InterruptHandler) -> int:
    """Go on with a change on the hosts that know it; keeps it where the checks of its fixes pass then.

    Args:
        request: What the command line asks; ``resume`` has the change's id.
        key: Opens the record that was made here, and seals it again.
        console: Shows how far it is.
        patience: Lets Ctrl-C end it between two steps.

    Raises:
        UsageError: No inventory is known, or nobody confirms, or the id or the record is none of ours.
        RemediationError: Ansible could not begin, or the record can't be written.
    """
    change = expect_id(request.resume)
    record = read_record(change, key) if has_record(change) else None
    work, language = request.work, request.work.language
    choice = work.choice
    choice = choice._replace(inventories=choice.inventories or (tuple(record.inventories) if record else ()))
    if not choice.inventories:
        raise UsageError(Message("inventory.not_given_resume"))
    playbooks = playbook_folder(work.playbooks)
    hosts, passwords = read_hosts(choice)
    known = {host.name: host for host in hosts}
    access = read_access(choice, passwords, work.limits.parallel, request.task_deadline)
    play = listener_of(playbooks, access, console)
    console.stage = words("change.stage_resume")
    endpoints = ask_endpoints(known, play)
    absent = {name: one.failure for name, one in endpoints.items() if one.failure is not None}
    for name, why in absent.items():
        console.say(words("host.said_line", host=name, said=own(why)))
    found = {name: one.changes[change] for name, one in endpoints.items() if change in one.changes}
    todo = [name for name, one in found.items() if one.state == "open"]
    if not todo:
        tell(words("change.not_open", change=change))
        return 3 if absent else 0
    confirm(Message("change.ask_resume", change=change, hosts=len(todo)), yes=request.yes)
    record = record or ChangeRecord(change, "", utc(), name_author(), choice.inventories, profile="all")
    for name in todo:
        host = record.hosts.setdefault(name, HostOutcome(name, "open"))
        host.begun = True
        host.fixes = {check: fix for check, fix in host.fixes.items() if check not in found[name].checks}
    patience.begin()
    fixes = read_fixes(playbooks)
    options = ApplyOptions(
        change,
        record.author,
        playbooks,
        request.revert_after,
        find_opened(fixes),
        touches={check: fix.touches for (check, platform), fix in fixes.items() if platform == "linux"},
        language=language,
    )
    asker = _Asker(list(known.values()), record, request, console, playbooks, found)
    stage = Stage(options, access, asker, console)
    failures = _go_on(stage, todo, found, record.hosts)
    before = {name: kept for name in todo if (kept := found[name].before) is not None}
    runs = look(stage, todo, before)
    unknown = say_both(Message("change.before_unknown"))
    keepers: list[str] = []
    worse: list[str] = []
    for name in todo:
        host = record.hosts[name]
        if name in failures or is_lost(runs.get(name)):
            host.state = "lost" if is_lost(runs.get(name)) else "open"
            host.notes.append(failures.get(name) or say_both(Message("change.silent")))
        elif name in before:
            (keepers if judge_host(stage, found[name].checks, before[name], runs[name], host) else worse).append(name)
        elif _judge(host, found[name].checks, runs[name]):
            host.notes.append(unknown)
            keepers.append(name)
        else:
            host.notes += [say_both(Message("change.check_fails")), unknown]
    _finish(stage, keepers, record.hosts)
    if worse:
        Reverter(stage).undo(worse, record.hosts)
        runs |= asker(worse)
        for name in worse:
            note_undone(record.hosts[name], runs.get(name))
    write_record(record, key)
    patience.finish()
    console.clear()
    if not work.quiet:
        print("\n".join(show_outcomes(change, [record.hosts[name] for name in todo], language)))
    for name, said in failures.items():
        print(clean_line(words("host.said_line", host=name, said=own(said))), file=sys.stderr)
    if absent or any(record.hosts[name].state == "lost" for name in todo):
        return 3
    return int(not all(record.hosts[name].good for name in todo))


class _Asker:
    """Audits hosts as they were before the change, where they know how; else by the checks of its fixes alone."""

    def __init__(
        self,
        hosts: Sequence[Host],
        record: ChangeRecord,
        request: ApplyRequest,
        console: Console,
        playbooks: str,
        found: Mapping[str, FoundChange],
    ) -> None:
        self._found = found
        self._directories = record.checks_dirs or request.checks_dirs
        checks = {check for one in found.values() for check in one.checks}
        self._checks = expect_known(checks, self._directories)
        self._role = record.role
        self._hosts, self._limits, self._console, self._playbooks = hosts, request.work.limits, console, playbooks

    def __call__(self, names: Sequence[str], deadline: float | None = None) -> dict[str, Run]:
        """See Measure.__call__."""
        ways: list[tuple[Request, list[str]]] = []
        for name in names:
            request = self._ask(self._found[name])
            same = next((some for known, some in ways if known == request), None)
            if same is not None:
                same.append(name)
            elif request is not None:
                ways.append((request, [name]))
        runs: dict[str, Run] = {}
        for request, some in ways:
            effort, tell = self._limits, self._console.count
            runs |= HostAuditor(self._hosts, request, effort, tell, self._playbooks)(some, deadline)
        return runs

    def _ask(self, found: FoundChange) -> Request | None:
        checks = tuple(check for check in self._checks if check in found.checks)
        if found.before is not None and (how := found.before.asked) is not None:
            return Request(
                role=how.role,
                profile=how.profile,
                parameters=how.parameters,
                also=checks,
                directories=self._directories,
            )
        if not checks:
            return None
        return Request(role=self._role, profile="all", globs=checks, also=checks, directories=self._directories)


def _go_on(
    stage: Stage, todo: Sequence[str], found: Mapping[str, FoundChange], outcomes: Mapping[str, HostOutcome]
) -> dict[str, Text]:
    """Have hosts go on with the change; returns why some could not."""
    failures: dict[str, Text] = {}
    for name in todo:
        for check, acts in found[name].touched.items():
            stage.note_acts(name, check, acts)
    told: JsonObject = {"change": stage.options.change, "revert_after": stage.options.revert_after}
    for event in stage.play("resume.yml", dict.fromkeys(todo, told)):
        if event.kind == "task" and event.outcome in {"failed", "unreachable"} and not event.ignored:
            failures[event.host] = event.why
        for fix in read_reports(event.answer):
            if fix.failed:
                why = say_both(Message("change.fix_failed", error=own(fix.why)))
                outcomes[event.host].fixes[fix.check] = FixOutcome(Outcome.ROLLED_BACK, why)
    return failures


def _finish(stage: Stage, names: Sequence[str], outcomes: Mapping[str, HostOutcome]) -> None:
    change = stage.options.change
    for event in stage.play("finish.yml", {name: {"change": change} for name in names}) if names else ():
        if event.kind != "task":
            continue
        host = outcomes[event.host]
        if (state := read_word(event.answer, "state")) == "undone":
            host.state = "reverted"
            host.notes.append(say_who_undid(read_word(event.answer, "by")))
        elif state == "kept" and host.state != "reverted":
            host.state = "kept"
        elif event.outcome in {"failed", "unreachable"} and not event.ignored:
            host.notes.append(event.why)


def _judge(host: HostOutcome, checks: tuple[str, ...], run: Run) -> bool:
    """Note what the checks of a change say; tells whether all of them pass."""
    results = {one.check: one for one in run.results}
    for check in checks:
        if check in host.fixes:
            continue  # it failed, and has its reason
        result = results.get(check)
        passes = result is not None and result.state in {State.PASS, State.NOT_APPLICABLE}
        outcome = Outcome.FIXED if passes else Outcome.STILL_FAILING
        host.fixes[check] = FixOutcome(outcome, NOTHING, (), show(result))
    return all(one.outcome is Outcome.FIXED for one in host.fixes.values())
