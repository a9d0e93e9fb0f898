"""The command ``rempart-agent identity``."""

import argparse
from typing import NamedTuple

from rempart_agent.cli.base import OptionGroup
from rempart_agent.cli.language import option_help, words


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
    parser.description = words("command.identity_long")
    parser.add_argument("--json", action="store_true", help=option_help("help.json_object"))
    add_folder(parser)


def add_folder(parser: OptionGroup) -> None:
    """Add the option that says where key and spool lie."""
    parser.add_argument("--folder", metavar="DIR", default="", help=option_help("help.agent_folder"))


def request(options: argparse.Namespace) -> IdentityRequest:
    """See Command.request."""
    return IdentityRequest(options.folder, json=options.json)


def run(request: IdentityRequest) -> int:
    """Print machine id and public key."""
    from rempart_agent.installed import signed_run

    return signed_run.identity(request.folder, as_json=request.json)
