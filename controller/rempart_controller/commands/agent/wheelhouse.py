"""The command ``rempart agent wheelhouse``."""

import argparse
from typing import NamedTuple


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
    parser.description = (
        "Fetch all that an installed agent is made of into DIR, a folder for each kind of endpoint, with "
        "pip as it is configured here. The playbook install_agent.yml calls it. Nothing is fetched where the folder is "
        "whole and of this Rempart already."
    )
    parser.add_argument("directory", metavar="DIR", help="where the folders go")
    parser.add_argument(
        "--python", metavar="X.Y", action="append", default=[], help="the endpoints' Python; repeatable (default: ours)"
    )
    parser.add_argument(
        "--machine",
        metavar="NAME",
        action="append",
        default=[],
        help="what `uname -m` prints there, as x86_64 or aarch64; repeatable (default: ours)",
    )
    parser.add_argument(
        "--source",
        metavar="WHAT",
        default="",
        help="Rempart itself, as pip takes it: a folder, a wheel, a URL (default: what is installed here)",
    )
    parser.add_argument("--fresh", action="store_true", help="fetch anew, though the folder is whole")


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
        print(f"{made.folder}: {'fetched' if made.changed else 'unchanged'}, {made.files} wheels")
    return 0
