"""Options of the commands that change hosts: which hosts, which playbooks, how the result is shown."""

import argparse
from typing import TYPE_CHECKING, NamedTuple

from rempart_agent.cli.base import OptionGroup
from rempart_agent.cli.language import of_environment, option_help
from rempart_controller.commands.options.hosts import read_choice, read_limits
from rempart_controller.inventory.host_choice import HostChoice

if TYPE_CHECKING:  # a fleet is loaded where one is asked
    from rempart_controller.fleet.fleet import Limits


class HostWork(NamedTuple):
    """Work on hosts.

    Attributes:
        choice: The hosts, and the way to them.
        limits: How much is spent on them.
        playbooks: The folder of a copy of our playbooks; ``""`` for ours.
        language: ``en`` or ``fr``.
        quiet: Whether only errors are printed.
    """

    choice: HostChoice
    limits: "Limits"
    playbooks: str = ""
    language: str = "en"
    quiet: bool = False


def add_common(group: OptionGroup) -> None:
    """Add the options of language, quiet and playbooks."""
    group.add_argument("--lang", choices=["en", "fr"], default=of_environment(), help=option_help("help.lang"))
    group.add_argument("--quiet", action="store_true", help=option_help("help.quiet_errors"))
    group.add_argument("--playbooks", metavar="DIR", default="", help=option_help("help.playbooks"))


def read_work(options: argparse.Namespace) -> HostWork:
    """Return on which hosts something is done, and how."""
    return HostWork(read_choice(options), read_limits(options), options.playbooks, options.lang, options.quiet)


def add_accepted(group: OptionGroup) -> None:
    """Add the option of accounts that may lose their way in."""
    group.add_argument(
        "--accept-lost",
        metavar="NAME[,NAME]",
        action="append",
        default=[],
        help=option_help("help.accept_lost"),
    )


def add_own(group: OptionGroup) -> None:
    """Add the option that names folders of the user's own checks."""
    group.add_argument(
        "--checks-dir",
        metavar="DIR",
        action="append",
        default=[],
        help=option_help("help.change_checks_dir"),
    )
