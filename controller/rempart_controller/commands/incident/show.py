"""The command ``rempart incident show``."""

import argparse
import sys
import time as clock
from typing import NamedTuple

from rempart_agent.cli.language import option_help, words
from rempart_controller.commands.incident.desk import add_incident, describe
from rempart_controller.commands.options.output import Output, read_output
from rempart_controller.commands.options.store import read_store
from rempart_controller.incident.draft import write_draft
from rempart_controller.incident.encryption import find_or_nothing
from rempart_controller.incident.folder import find
from rempart_controller.incident.page import find_fault, show_lines, to_data
from rempart_core.messages.message import Message
from rempart_core.messages.say import say
from rempart_core.text import clean
from rempart_reports.writing.output_places import check_outputs


class ShowRequest(NamedTuple):
    """An incident is to be shown.

    Attributes:
        incident: Its id, or its host's name.
        draft: Whether the draft of the notification alone is wanted.
        out: How it is printed.
        html: The file of a page; ``""`` for none.
    """

    incident: str
    draft: bool
    out: Output
    html: str = ""
    store: str = ""


def add(parser: argparse.ArgumentParser) -> None:
    """See Command.add."""
    describe(
        parser,
        words("incident_help.show"),
    )
    add_incident(parser)
    parser.add_argument("--draft", action="store_true", help=option_help("incident_help.draft"))
    parser.add_argument("--json", action="store_true", help=option_help("incident_help.json"))
    parser.add_argument("--store", metavar="FILE|URL", default="", help=option_help("incident_help.store"))
    parser.add_argument("--html", metavar="FILE", default="", help=option_help("help.html_page"))


def request(options: argparse.Namespace) -> ShowRequest:
    """See Command.request."""
    check_outputs({"--html": options.html} if options.html else {})
    return ShowRequest(options.incident, options.draft, read_output(options), options.html, read_store(options))


def run(request: ShowRequest) -> int:
    """Show an incident: clocks, timeline, draft; 1 where its record is damaged."""
    return _show(request)


def _show(request: ShowRequest) -> int:
    found, now = find(request.incident, only_open=False), int(clock.time())
    fault = find_fault(found)
    disks = find_or_nothing(request.store, found.host, found.aware) if found.record.entries else None
    if request.html:
        from rempart_controller.incident.document import document_of
        from rempart_reports.formats.html.document import write_document

        language = request.out.language
        write_document(request.html, document_of(found, language, now, fault, disks), language)
    if request.html == "-":
        pass  # standard output holds the page
    elif request.out.json:
        request.out.show_json(to_data(found, now) | {"fault": say(fault) if fault else ""})
    elif request.draft:
        sys.stdout.write(write_draft(found, request.out.language, now, disks))
    else:
        for line in show_lines(found, request.out.language, now):
            print(clean(line))
        if found.record.entries:
            print()
            sys.stdout.write(write_draft(found, request.out.language, now, disks))
    if fault:
        print(say(Message("incident.show_damaged", fault=fault), request.out.language), file=sys.stderr)
    return int(bool(fault))
