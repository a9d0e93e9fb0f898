"""The options that name a store, and hosts and moments of it."""

import argparse

from rempart_agent.cli.base import OptionGroup
from rempart_agent.cli.language import option_help
from rempart_controller.commands.options.output import add_language
from rempart_controller.inventory.host_filter import HostFilter
from rempart_core.messages.message import Message

MOMENT = Message("help.moment")


def add_store(parser: OptionGroup) -> None:
    """Add the option that names the store, and that of the language."""
    parser.add_argument(
        "--store",
        metavar="FILE|URL",
        default="",
        help=option_help("help.store"),
    )
    add_language(parser)


def read_store(options: argparse.Namespace) -> str:
    """Return where the store is."""
    from rempart_store.location import usual_store

    return options.store or usual_store()


def add_limit(parser: OptionGroup) -> None:
    """Add the option that chooses hosts of the store."""
    parser.add_argument(
        "-l",
        "--limit",
        metavar="PATTERN",
        action="append",
        default=[],
        help=option_help("help.store_limit"),
    )


def read_limit(options: argparse.Namespace) -> HostFilter:
    """Return which hosts of the store are meant."""
    return HostFilter(tuple(options.limit))
