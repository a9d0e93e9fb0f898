"""The command ``rempart agent accept``."""

import argparse
from typing import NamedTuple

from rempart_agent.cli.language import option_help, words


class AcceptRequest(NamedTuple):
    """The agent of a host is to be believed.

    Attributes:
        host: Name of the host.
        machine: Its machine id, 64 hex digits.
        key: The agent's public key, 64 hex digits.
        replace: Whether it may take the place of another one of that name.
        check: Whether to say only what would be.
    """

    host: str
    machine: str
    key: str
    replace: bool
    check: bool


def add(parser: argparse.ArgumentParser) -> None:
    """See Command.add."""
    parser.description = words("command.accept_long")
    parser.add_argument("host", metavar="HOST", help=option_help("help.accept_host"))
    parser.add_argument("machine", metavar="MACHINE-ID", help=option_help("help.hex"))
    parser.add_argument("key", metavar="KEY", help=option_help("help.hex"))
    parser.add_argument("--replace", action="store_true", help=option_help("help.replace"))
    parser.add_argument("--check", action="store_true", help=option_help("help.accept_check"))


def request(options: argparse.Namespace) -> AcceptRequest:
    """See Command.request."""
    return AcceptRequest(
        options.host, options.machine.lower(), options.key.lower(), replace=options.replace, check=options.check
    )


def run(request: AcceptRequest) -> int:
    """Believe an agent; prints what that changes."""
    from rempart_controller.agents import known

    agent = known.Agent(request.machine, request.key)
    print(known.accept(request.host, agent, replace=request.replace, write=not request.check))
    return 0
