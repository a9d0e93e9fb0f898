"""The command ``rempart server service``: prints a systemd unit."""

import argparse
import os
import shutil
import sys
from typing import NamedTuple

from rempart_agent.cli.base import say
from rempart_agent.cli.language import words
from rempart_core.error import UsageError
from rempart_core.messages.message import Message
from rempart_server.commands.directory import add_directory, read_directory


class ServiceRequest(NamedTuple):
    """A unit is wanted.

    Attributes:
        directory: Of the server.
    """

    directory: str


def add(parser: argparse.ArgumentParser) -> None:
    """See Command.add."""
    parser.description = words("server.service_long")
    add_directory(parser)


def request(options: argparse.Namespace) -> ServiceRequest:
    """See Command.request."""
    return ServiceRequest(read_directory(options))


def run(request: ServiceRequest) -> int:
    """Print the unit.

    Raises:
        UsageError: There is no server, or ``rempart`` is not installed.
        ContentError: ``server.yaml`` has mistakes.
    """
    from rempart_server.settings_file import read_settings
    from rempart_server.unit import owner_of, write_unit

    settings = read_settings(request.directory)
    print(write_unit(settings, _program()), end="")
    if owner_of(settings.directory) == "root":
        say(Message("server.as_root", directory=settings.directory))
    return 0


def _program() -> str:
    beside = os.path.join(os.path.dirname(sys.executable), "rempart")
    found = beside if os.access(beside, os.X_OK) else shutil.which("rempart")
    if not found:
        raise UsageError(Message("server.not_installed"))
    return os.path.abspath(found)
