"""The command ``rempart-agent identity``."""

import argparse
from typing import NamedTuple

from rempart_agent.cli.base import OptionGroup


class IdentityRequest(NamedTuple):
    """Machine id and public key are asked for.

    Attributes:
        folder: Where the key lies; ``""`` for the usual place.
        json: Whether they are printed as JSON.
    """

    folder: str
    json: bool


def add(parser: argparse.ArgumentParser) -> None:
    """See Command.add."""
    parser.description = (
        "Print this machine's id (hashed) and the public key of its installed agent, which is made where "
        "there is none: what `rempart agent accept` takes."
    )
    parser.add_argument("--json", action="store_true", help="as one JSON object")
    add_folder(parser)


def add_folder(parser: OptionGroup) -> None:
    """Add the option that says where key and spool lie."""
    parser.add_argument(
        "--folder", metavar="DIR", default="", help="where key and spool lie (default: /var/lib/rempart/agent)"
    )


def request(options: argparse.Namespace) -> IdentityRequest:
    """See Command.request."""
    return IdentityRequest(options.folder, json=options.json)


def run(request: IdentityRequest) -> int:
    """Print machine id and public key."""
    from rempart_agent.installed import signed_run

    return signed_run.identity(request.folder, as_json=request.json)
