"""The command ``rempart-agent deliver``."""

import argparse
from typing import NamedTuple

from rempart_agent.cli.language import words
from rempart_agent.commands.identity import add_folder


class DeliverRequest(NamedTuple):
    """What waits is to be given to a controller.

    Attributes:
        folder: Where key and spool lie; ``""`` for the usual place.
    """

    folder: str


def add(parser: argparse.ArgumentParser) -> None:
    """See Command.add."""
    parser.description = words("command.deliver_long")
    add_folder(parser)


def request(options: argparse.Namespace) -> DeliverRequest:
    """See Command.request."""
    return DeliverRequest(options.folder)


def run(request: DeliverRequest) -> int:
    """Give a controller what waits."""
    from rempart_agent.installed import signed_run

    return signed_run.deliver(request.folder)
