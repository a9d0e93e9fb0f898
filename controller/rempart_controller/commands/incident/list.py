"""The command ``rempart incident list``."""

import argparse
import time as clock
from typing import NamedTuple

from rempart_agent.cli.language import option_help, words
from rempart_controller.commands.incident.desk import describe
from rempart_controller.commands.options.output import Output, read_output
from rempart_controller.incident.clock import find_deadlines, say_left
from rempart_controller.incident.folder import list_standings
from rempart_controller.incident.page import to_data
from rempart_core.messages.labels import Labels
from rempart_core.messages.message import Message
from rempart_core.messages.say import say
from rempart_core.text import clean_line
from rempart_reports.writing.translation import colon


class ListRequest(NamedTuple):
    """Incidents are to be listed.

    Attributes:
        all: Whether closed ones are listed too.
        out: How it is printed.
    """

    all: bool
    out: Output


def add(parser: argparse.ArgumentParser) -> None:
    """See Command.add."""
    describe(
        parser,
        words("incident_help.list"),
    )
    parser.add_argument("--all", action="store_true", help=option_help("incident_help.list_all"))
    parser.add_argument("--json", action="store_true", help=option_help("incident_help.json_lines"))


def request(options: argparse.Namespace) -> ListRequest:
    """See Command.request."""
    return ListRequest(options.all, read_output(options))


def run(request: ListRequest) -> int:
    """List the incidents, newest first: the open ones, or all."""
    return _list(request)


def _list(request: ListRequest) -> int:
    now, language = int(clock.time()), request.out.language
    label = Labels("incident_page", language)
    found = [one for one in list_standings() if request.all or one.state != "closed"]
    for one in found:
        if request.out.json:
            request.out.show_json(to_data(one, now))
            continue
        left = say(one.fault, language) if one.fault else ""
        if not one.fault and not one.closed:
            deadline = find_deadlines(one.aware, one.decisions)[0]
            left = f"{say(deadline.name, language)}{colon(language)}{say(say_left(deadline, now), language)}"
        print(clean_line(f"{one.incident:12} {label(one.state):10} {one.host:20} {left}"))
    if not found and not request.out.json:
        print(say(Message("incident.list_none"), language))
    return 0
