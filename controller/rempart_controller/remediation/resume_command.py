"""``rempart apply --resume CHANGE``: endpoints go on with a change from their own records, whoever began it."""

import argparse
import sys

from rempart_agent import audit as auditing
from rempart_agent.trust.key import Key
from rempart_controller.fleet_command import read_hosts
from rempart_controller.remediation.access import read_access
from rempart_controller.remediation.console import Console, confirm
from rempart_controller.remediation.endpoint import ask_endpoints
from rempart_controller.remediation.measuring import Measuring, expect_known, playbook_folder, read_effort
from rempart_controller.remediation.outcome import FixOutcome, HostOutcome
from rempart_controller.remediation.page import show_outcomes
from rempart_controller.remediation.patience import Patience
from rempart_controller.remediation.playing import teller_of
from rempart_controller.remediation.record import (
    ChangeRecord,
    expect_id,
    has_record,
    name_author,
    read_record,
    utc,
    write_record,
)
from rempart_controller.remediation.reverting import say_who_undid
from rempart_controller.remediation.stage import is_lost
from rempart_controller.wording import both
from rempart_core.error import UsageError
from rempart_core.outcome import Outcome, show
from rempart_core.result import Run, State
from rempart_core.text import Text, clean_line

_FAILS = Text("the check does not pass: the change is left open", "le contrôle échoue : le changement reste ouvert")
_SILENT = Text("it does not answer", "elle ne répond pas")


def resume(options: argparse.Namespace, key: Key, console: Console, patience: Patience) -> int:
    """Go on with a change on the hosts that know it; keeps it where the checks of its fixes pass then."""
    change = expect_id(options.resume)
    record = read_record(change, key) if has_record(change) else None
    options.inventory = list(options.inventory or (record.inventories if record else ()))
    if not options.inventory:
        raise UsageError("-i INVENTORY is missing: no record of this change lies here, so the hosts have to be named")
    playbooks = playbook_folder(options.playbooks)
    known = {host.name: host for host in read_hosts(options)}
    play = teller_of(playbooks, read_access(options), console)
    console.stage = "resume"
    endpoints = ask_endpoints(known, play)
    absent = {name: one.failure for name, one in endpoints.items() if one.failure is not None}
    for name, why in absent.items():
        console.say(f"{name}: {why.get(options.lang)}")
    found = {name: one.changes[change] for name, one in endpoints.items() if change in one.changes}
    todo = [name for name, one in found.items() if one.state == "open"]
    if not todo:
        print(f"rempart: {change} is open on none of these hosts", file=sys.stderr)
        return 3 if absent else 0
    confirm(f"Go on with change {change} on {len(todo)} hosts?", yes=options.yes)
    record = record or ChangeRecord(change, "", utc(), name_author(), tuple(options.inventory), profile="all")
    for name in todo:
        host = record.hosts.setdefault(name, HostOutcome(name, "open"))
        host.digest = host.digest or found[name].digest
    patience.begin()
    variables = {name: {"change": change, "revert_after": options.revert_after} for name in todo}
    failures: dict[str, Text] = {}
    for event in play("resume.yml", variables):
        if event.outcome in {"failed", "unreachable"} and not event.ignored:
            failures[event.host] = both(event.message)
    directories = record.checks_dirs or tuple(options.checks_dir)
    checks = expect_known({check for name in todo for check in found[name].checks}, directories)
    request = auditing.Request(role=record.role, profile="all", globs=checks, also=checks, directories=directories)
    measure = Measuring(known.values(), request, read_effort(options), console.count, playbooks)
    runs = measure(todo) if checks else {}
    keepers = []
    for name in todo:
        host = record.hosts[name]
        if name in failures or is_lost(runs.get(name)):
            host.state = "lost" if is_lost(runs.get(name)) else "open"
            host.notes.append(failures.get(name, _SILENT))
        elif _judge(host, found[name].checks, runs[name]):
            keepers.append(name)
        else:
            host.notes.append(_FAILS)
    for event in play("finish.yml", {name: {"change": change} for name in keepers}) if keepers else ():
        host = record.hosts[event.host]
        if event.answer.get("state") in {"undone", "reverted"}:
            host.state = "reverted"
            host.notes.append(say_who_undid(event.answer.get("by")))
        elif event.answer.get("state") == "kept" and host.state != "reverted":
            host.state = "kept"
        elif event.outcome in {"failed", "unreachable"} and not event.ignored:
            host.notes.append(both(event.message))
    write_record(record, key)
    patience.finish()
    console.clear()
    if not options.quiet:
        print("\n".join(show_outcomes(change, [record.hosts[name] for name in todo], options.lang)))
    for name, said in failures.items():
        print(f"{clean_line(name)}: {clean_line(said.get(options.lang))}", file=sys.stderr)
    if absent or any(record.hosts[name].state == "lost" for name in todo):
        return 3
    return int(not all(record.hosts[name].good for name in todo))


def _judge(host: HostOutcome, checks: tuple[str, ...], run: Run) -> bool:
    """Note what the checks of a change say; tells whether all of them pass."""
    results = {one.check: one for one in run.results}
    for check in checks:
        result = results.get(check)
        passes = result is not None and result.state in {State.PASS, State.NOT_APPLICABLE}
        outcome = Outcome.FIXED if passes else Outcome.STILL_FAILING
        host.fixes[check] = FixOutcome(outcome, Text("", ""), (), show(result))
    return all(one.outcome is Outcome.FIXED for one in host.fixes.values())
