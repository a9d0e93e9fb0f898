"""The command ``rempart server check``: how a server is reached from here, through the proxies in front of it."""

import argparse
from typing import NamedTuple

from rempart_agent.cli.language import option_help, words
from rempart_controller.commands.options.output import add_language
from rempart_core.messages.message import Message
from rempart_server.reachability import Place, read_place


class CheckRequest(NamedTuple):
    """A server is to be reached.

    Attributes:
        place: Where it is.
    """

    place: Place


def add(parser: argparse.ArgumentParser) -> None:
    """See Command.add."""
    parser.description = words("server.check_long")
    parser.add_argument("url", metavar="URL", help=option_help("server.help_url"))
    parser.add_argument("--ca", metavar="FILE", default="", help=option_help("server.help_ca"))
    add_language(parser)


def request(options: argparse.Namespace) -> CheckRequest:
    """See Command.request."""
    return CheckRequest(read_place(options.url, options.ca))


def run(request: CheckRequest) -> int:
    """Say what was found, and return 1 where something loses results.

    Raises:
        ServerError: The server is not reached.
    """
    from rempart_server.reachability import examine

    status = 0
    for one in examine(request.place):
        label = Message("server.good") if one.good else Message("server.unknown")
        label = Message("server.bad") if one.good is False else label
        print(words("text.labelled", label=label, text=one.message))
        status = max(status, int(one.good is False))
    return status
