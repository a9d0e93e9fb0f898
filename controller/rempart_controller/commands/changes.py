"""The command ``rempart changes``: which changes there are, by the endpoints' own records."""

import argparse
import json
import time
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from rempart_agent.cli.language import option_help, words
from rempart_controller.commands.options.hosts import add_fleet
from rempart_controller.commands.options.remediation import HostWork, add_common, read_work
from rempart_controller.inventory.open_hosts import read_hosts
from rempart_controller.remediation.ansible.access import read_access
from rempart_controller.remediation.ansible.progress_line import Console
from rempart_controller.remediation.ansible.run_playbook import listener_of
from rempart_controller.remediation.execution.measure import playbook_folder
from rempart_controller.remediation.undo.endpoint_records import OLDER, Endpoint, FoundChange, ask_endpoints
from rempart_core.error import UsageError
from rempart_core.messages.message import Message
from rempart_core.text import Text, clean_line, quiet_json

SCHEMA = "rempart.endpoint-changes/1"
_WORDS = {
    "open": Text("open", "ouvert"),
    "kept": Text("kept", "conservé"),
    "undone": Text("undone", "annulé"),
    "older": OLDER,
    "damaged": Text("its record is damaged", "son enregistrement est endommagé"),
    "timer": Text("by its timer", "par son minuteur"),
    "armed": Text("a timer waits that undoes it", "un minuteur attend pour l’annuler"),
    "doing": Text("at work: {}", "en cours : {}"),
    "holder": Text("by {}", "par {}"),
    "since": Text("begun {} UTC", "commencé {} UTC"),
    "none": Text("no change", "aucun changement"),
    "silent": Text("did not answer", "sans réponse"),
}


class ChangesRequest(NamedTuple):
    """The changes that endpoints have a record of are asked for.

    Attributes:
        work: The hosts.
        json: Whether they are printed as JSON.
    """

    work: HostWork
    json: bool


def add(parser: argparse.ArgumentParser) -> None:
    """See Command.add."""
    parser.usage = "rempart changes -i INVENTORY [-l PATTERN] [--json]"
    parser.description = words("command.changes_long")
    parser.add_argument("--json", action="store_true", help=option_help("help.json_machines"))
    add_common(parser.add_argument_group(words("help.group_written")))
    add_fleet(parser)


def request(options: argparse.Namespace) -> ChangesRequest:
    """See Command.request."""
    if not options.inventory:
        raise UsageError(Message("inventory.not_given_changes"))
    return ChangesRequest(read_work(options), json=options.json)


def run(request: ChangesRequest) -> int:
    """List the changes of endpoints; see ``rempart changes --help``."""
    work = request.work
    playbooks = playbook_folder(work.playbooks)
    hosts, passwords = read_hosts(work.choice)
    access = read_access(work.choice, passwords, work.limits.parallel)
    with Console(work.quiet, work.language) as console:
        console.stage = words("change.stage_changes")
        found = ask_endpoints([host.name for host in hosts], listener_of(playbooks, access, console))
    if request.json:
        print(quiet_json(json.dumps(to_data(found))))
    else:
        print("\n".join(show(found, work.language)))
    return 3 if any(one.failure is not None for one in found.values()) else 0


def show(found: Mapping[str, Endpoint], language: str) -> Iterator[str]:
    """Yield a line for each change of each host."""

    def word(name: str) -> str:
        return _WORDS[name].get(language)

    for name, host in found.items():
        if host.failure is not None:
            yield f"{clean_line(name)}  {word('silent')}: {clean_line(host.failure.get(language))}"
        elif not host.changes:
            yield f"{clean_line(name)}  {word('none')}"
        for change, one in host.changes.items():
            parts = [_WORDS[one.state].get(language) if one.state in _WORDS else one.state]
            parts += [word("doing").format(one.doing.get(language))] if one.doing else []
            parts += [word("timer")] if one.state == "undone" and one.by == "timer" else []
            parts += [word("armed")] if one.armed else []
            parts += [word("holder").format(one.holder)] if one.holder else []
            if one.begun:
                parts.append(word("since").format(time.strftime("%Y-%m-%d %H:%M", time.gmtime(one.begun))))
            parts += [", ".join(one.checks)] if one.checks else []
            yield f"{clean_line(name)}  {clean_line(change)}  {clean_line(' · '.join(parts))}"


def to_data(found: Mapping[str, Endpoint]) -> dict[str, Any]:
    """Return the same as plain data."""
    return {
        "schema": SCHEMA,
        "hosts": {
            name: {
                "failure": list(host.failure) if host.failure is not None else None,
                "changes": {change: _to_data(one) for change, one in host.changes.items()},
            }
            for name, host in found.items()
        },
    }


def _to_data(one: FoundChange) -> dict[str, Any]:
    return {
        "state": one.state,
        "by": one.by,
        "holder": one.holder,
        "begun": one.begun,
        "checks": list(one.checks),
        "armed": one.armed,
        "doing": list(one.doing) if one.doing else None,
        "acts": one.acts,
    }
