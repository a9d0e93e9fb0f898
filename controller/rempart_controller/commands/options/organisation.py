"""The options about an organisation and its registers."""

import argparse

from rempart_agent.cli.base import OptionGroup
from rempart_agent.cli.language import option_help, words
from rempart_core.messages.message import Message

_OF_MACHINES = ("root", "image", "socket", "role")


def add_organisation(parser: OptionGroup) -> None:
    """Add the options of an audit of an organisation."""
    group = parser.add_argument_group(words("help.group_organisation"))
    group.add_argument("--registers", metavar="DIR", default="", help=option_help("help.registers"))
    group.add_argument("--live", metavar="FILE", default="", help=option_help("help.live"))


def find_mistakes(options: argparse.Namespace) -> list[Message]:
    """Return what does not go together."""
    if not options.registers:
        return [Message("organisation.live_needs_registers")] if options.live else []
    if options.inventory:
        return [Message("organisation.checks_with_fleet")] if options.checks else []
    wrong = [name for name in _OF_MACHINES if getattr(options, name)]
    return [Message("organisation.not_with_registers", option=name) for name in wrong]
