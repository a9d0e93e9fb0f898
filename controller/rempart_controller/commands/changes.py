"""The command ``rempart changes``: which changes there are, by the endpoints' own records."""

import argparse
import json
from typing import NamedTuple

from rempart_agent.cli.language import option_help, words
from rempart_controller.commands.options.hosts import add_fleet
from rempart_controller.commands.options.remediation import HostWork, add_common, read_work
from rempart_controller.inventory.open_hosts import read_hosts
from rempart_controller.remediation.ansible.access import read_access
from rempart_controller.remediation.ansible.progress_line import Console
from rempart_controller.remediation.ansible.run_playbook import listener_of
from rempart_controller.remediation.execution.measure import playbook_folder
from rempart_controller.remediation.pages.endpoint_changes import show, to_data
from rempart_controller.remediation.records.change import expect_id
from rempart_controller.remediation.undo.endpoint_records import Endpoint, ask_endpoints
from rempart_core.error import UsageError
from rempart_core.messages.message import Message
from rempart_core.text import quiet_json
from rempart_core.timestamps import utc
from rempart_reports.writing.output_places import check_outputs


class ChangesRequest(NamedTuple):
    """The changes that endpoints have a record of are asked for.

    Attributes:
        work: The hosts.
        json: Whether they are printed as JSON.
        change: The id of the only one that is wanted; ``""`` for all.
        html: The file of a page; ``""`` for none.
    """

    work: HostWork
    json: bool
    change: str = ""
    html: str = ""


def add(parser: argparse.ArgumentParser) -> None:
    """See Command.add."""
    parser.usage = "rempart changes [CHANGE] -i INVENTORY [-l PATTERN] [--json] [--html FILE]"
    parser.description = words("command.changes_long")
    parser.add_argument("change", metavar="CHANGE", nargs="?", default="", help=option_help("help.changes_one"))
    parser.add_argument("--json", action="store_true", help=option_help("help.json_machines"))
    parser.add_argument("--html", metavar="FILE", default="", help=option_help("help.html_page"))
    add_common(parser.add_argument_group(words("help.group_written")))
    add_fleet(parser)


def request(options: argparse.Namespace) -> ChangesRequest:
    """See Command.request."""
    if not options.inventory:
        raise UsageError(Message("inventory.not_given_changes"))
    check_outputs({**({"--json": "-"} if options.json else {}), **({"--html": options.html} if options.html else {})})
    change = expect_id(options.change) if options.change else ""
    return ChangesRequest(read_work(options), options.json, change, options.html)


def run(request: ChangesRequest) -> int:
    """List the changes of endpoints; see ``rempart changes --help``."""
    work = request.work
    playbooks = playbook_folder(work.playbooks)
    hosts, passwords = read_hosts(work.choice)
    access = read_access(work.choice, passwords, work.limits.parallel)
    with Console(work.quiet, work.language) as console:
        console.stage = words("change.stage_changes")
        found = ask_endpoints([host.name for host in hosts], listener_of(playbooks, access, console))
    if request.change:
        found = {name: _choose(host, request.change) for name, host in found.items()}
    if request.html:
        from rempart_controller.remediation.pages.endpoint_document import document_of
        from rempart_reports.formats.html.document import write_document

        write_document(request.html, document_of(found, request.change, utc(), work.language), work.language)
    if request.json:
        print(quiet_json(json.dumps(to_data(found))))
    elif request.html != "-":
        print("\n".join(show(found, work.language)))
    return 3 if any(one.failure is not None for one in found.values()) else 0


def _choose(host: Endpoint, change: str) -> Endpoint:
    """Return what a host says of one change."""
    return Endpoint({id_: one for id_, one in host.changes.items() if id_ == change}, host.failure)
