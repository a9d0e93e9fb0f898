"""The command ``rempart incident show``."""

import argparse
import sys
import time as clock
from typing import NamedTuple

from rempart_controller.commands.incident.desk import add_incident, describe, in_language
from rempart_controller.commands.options.output import Output, read_output
from rempart_controller.incident.draft import write_draft
from rempart_controller.incident.folder import find
from rempart_controller.incident.page import find_fault, show_lines, to_data
from rempart_controller.wording import translate
from rempart_core.text import Text, clean


class ShowRequest(NamedTuple):
    """An incident is to be shown.

    Attributes:
        incident: Its id, or its host's name.
        draft: Whether the draft of the notification alone is wanted.
        out: How it is printed.
    """

    incident: str
    draft: bool
    out: Output


def add(parser: argparse.ArgumentParser) -> None:
    """See Command.add."""
    describe(
        parser,
        "Show an incident: clocks, timeline, and the draft of the notification (GDPR article 33(3)). Exit "
        "status: 0, 1 its record is damaged.",
    )
    add_incident(parser)
    parser.add_argument("--draft", action="store_true", help="the draft alone")
    parser.add_argument("--json", action="store_true", help="as one JSON object")


def request(options: argparse.Namespace) -> ShowRequest:
    """See Command.request."""
    return ShowRequest(options.incident, options.draft, read_output(options))


def run(request: ShowRequest) -> int:
    """Show an incident: clocks, timeline, draft; 1 where its record is damaged."""
    with in_language(request.out.language):
        return _show(request)


def _show(request: ShowRequest) -> int:
    found, now = find(request.incident, only_open=False), int(clock.time())
    fault = find_fault(found)
    if request.out.json:
        request.out.show_json(to_data(found, now) | {"fault": fault})
    elif request.draft:
        sys.stdout.write(write_draft(found, request.out.language, now))
    else:
        for line in show_lines(found, request.out.language, now):
            print(clean(line))
        if found.record.entries:
            print()
            sys.stdout.write(write_draft(found, request.out.language, now))
    if fault:
        said = Text(f"DAMAGED: {fault}", f"ENDOMMAGÉ : {translate(fault)}")
        print(clean(said.get(request.out.language)), file=sys.stderr)
    return int(bool(fault))
