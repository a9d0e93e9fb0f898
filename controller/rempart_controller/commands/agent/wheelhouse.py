"""The command ``rempart agent wheelhouse``."""

import argparse
from typing import NamedTuple

from rempart_agent.cli.language import option_help, words
from rempart_core.messages.message import Message


class WheelhouseRequest(NamedTuple):
    """What agents are made of is to be fetched.

    Attributes:
        directory: Where the folders go.
        pythons: The endpoints' Python, as ``3.11``; none for ours.
        machines: What ``uname -m`` prints there; none for ours.
        source: Rempart itself, as pip takes it; ``""`` for what is installed here.
        fresh: Whether to fetch anew what is whole.
    """

    directory: str
    pythons: tuple[str, ...]
    machines: tuple[str, ...]
    source: str
    fresh: bool


def add(parser: argparse.ArgumentParser) -> None:
    """See Command.add."""
    parser.description = words("command.wheelhouse_long")
    parser.add_argument("directory", metavar="DIR", help=option_help("help.wheelhouse_out"))
    parser.add_argument(
        "--python", metavar="X.Y", action="append", default=[], help=option_help("help.wheelhouse_python")
    )
    parser.add_argument(
        "--machine",
        metavar="NAME",
        action="append",
        default=[],
        help=option_help("help.wheelhouse_machine"),
    )
    parser.add_argument(
        "--source",
        metavar="WHAT",
        default="",
        help=option_help("help.wheelhouse_source"),
    )
    parser.add_argument("--fresh", action="store_true", help=option_help("help.wheelhouse_again"))


def request(options: argparse.Namespace) -> WheelhouseRequest:
    """See Command.request."""
    pythons, machines = tuple(options.python), tuple(options.machine)
    return WheelhouseRequest(options.directory, pythons, machines, options.source, fresh=options.fresh)


def run(request: WheelhouseRequest) -> int:
    """Fetch what agents are made of."""
    from rempart_controller.agents import wheelhouse as house

    kinds = [
        house.Kind(python, machine)
        for python in request.pythons or [house.own_kind().python]
        for machine in request.machines or [house.own_kind().machine]
    ]
    for kind in kinds:
        made = house.build(request.directory, kind, request.source, fresh=request.fresh)
        state = Message("wheelhouse.fetched" if made.changed else "wheelhouse.unchanged")
        print(words("wheelhouse.made", folder=made.folder, state=state, files=made.files))
    return 0
