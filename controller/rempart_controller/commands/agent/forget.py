"""The command ``rempart agent forget``."""

import argparse
from typing import NamedTuple

from rempart_agent.cli.language import option_help, words
from rempart_core.error import UsageError
from rempart_core.messages.message import Message
from rempart_core.suggestion import suggestion_of


class ForgetRequest(NamedTuple):
    """The agent of a host is to be believed no more.

    Attributes:
        host: Name of the host.
    """

    host: str


def add(parser: argparse.ArgumentParser) -> None:
    """See Command.add."""
    parser.description = words("command.forget_long")
    parser.add_argument("host", metavar="HOST", help=option_help("help.accept_host"))


def request(options: argparse.Namespace) -> ForgetRequest:
    """See Command.request."""
    return ForgetRequest(options.host)


def run(request: ForgetRequest) -> int:
    """Trust an agent no more.

    Raises:
        UsageError: No agent of that host is known.
    """
    from rempart_controller.agents import known

    if not known.forget(request.host):
        raise UsageError(
            Message("agent.unknown", host=request.host, hint=suggestion_of(request.host, known.read_known()))
        )
    return 0
