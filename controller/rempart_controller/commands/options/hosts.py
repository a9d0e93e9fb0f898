"""The options that choose hosts of an inventory, the way to them, and how much is spent on them."""

import argparse
from typing import TYPE_CHECKING

from rempart_agent.cli.base import OptionGroup
from rempart_agent.cli.language import option_help, words
from rempart_controller.inventory.host_choice import HostChoice

if TYPE_CHECKING:  # a fleet is loaded where one is audited
    from rempart_controller.fleet.fleet import Limits

PARALLEL = 25
HOST_DEADLINE = 120.0


def add_fleet(parser: OptionGroup) -> None:
    """Add the options that choose hosts and the way to them; they are called as Ansible calls them."""
    fleet = parser.add_argument_group(words("help.group_fleet"))
    fleet.add_argument(
        "-i",
        "--inventory",
        metavar="INVENTORY",
        action="append",
        default=[],
        help=option_help("help.inventory"),
    )
    fleet.add_argument("-l", "--limit", metavar="PATTERN", default="", help=option_help("help.limit"))
    fleet.add_argument("-u", "--user", metavar="NAME", default="", help=option_help("help.user"))
    fleet.add_argument("-b", "--become", action="store_true", help=option_help("help.become"))
    fleet.add_argument("-k", "--ask-pass", action="store_true", help=option_help("help.ask_pass"))
    fleet.add_argument("-K", "--ask-become-pass", action="store_true", help=option_help("help.ask_become_pass"))
    fleet.add_argument("--private-key", metavar="FILE", default="", help=option_help("help.private_key"))
    fleet.add_argument("--vault-id", metavar="ID", action="append", default=[], help=option_help("help.as_ansible"))
    fleet.add_argument(
        "--vault-password-file", metavar="FILE", action="append", default=[], help=option_help("help.as_ansible")
    )
    fleet.add_argument("--ask-vault-pass", action="store_true", help=option_help("help.ask_vault_pass"))
    fleet.add_argument(
        "--parallel", metavar="N", type=positive, default=PARALLEL, help=option_help("help.parallel", count=PARALLEL)
    )
    fleet.add_argument(
        "--host-deadline",
        metavar="SECONDS",
        type=positive,
        default=HOST_DEADLINE,
        help=option_help("help.host_deadline", seconds=f"{HOST_DEADLINE:g}"),
    )
    fleet.add_argument(
        "--run-deadline",
        metavar="SECONDS",
        type=positive,
        default=0.0,
        help=option_help("help.run_deadline"),
    )


def read_choice(options: argparse.Namespace) -> HostChoice:
    """Return the hosts that are meant, and the way to them."""
    return HostChoice(
        inventories=tuple(options.inventory),
        limit=options.limit,
        user=options.user,
        private_key=options.private_key,
        become=options.become,
        ask_pass=options.ask_pass,
        ask_become_pass=options.ask_become_pass,
        vault_ids=tuple(options.vault_id),
        vault_password_files=tuple(options.vault_password_file),
        ask_vault_pass=options.ask_vault_pass,
        deadline=options.ends,
    )


def read_limits(options: argparse.Namespace) -> "Limits":
    """Return how much is spent on a fleet."""
    from rempart_controller.fleet.fleet import Limits

    return Limits(int(options.parallel) or 1, options.host_deadline, options.run_deadline)


def add_agents(parser: OptionGroup) -> None:
    """Add the options about installed agents."""
    agents = parser.add_argument_group(words("help.group_agents"))
    agents.add_argument(
        "--agent-limit",
        metavar="AGE",
        type=_expect_limit,
        default="48h",
        help=option_help("help.agent_max_age"),
    )


def add_unfinished(parser: OptionGroup) -> None:
    """Add the options that choose hosts by what is known of them."""
    some = parser.add_argument_group(words("help.group_some"))
    some.add_argument(
        "--stale",
        metavar="AGE",
        type=_age,
        help=option_help("help.stale"),
    )
    some.add_argument(
        "--resume",
        action="store_true",
        help=option_help("help.resume"),
    )


def _age(text: str) -> str:
    from rempart_core.timestamps import read_age

    try:
        read_age(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error
    return text


def _expect_limit(text: str) -> str:
    """Return a number of hours or days as it was given: a schedule writes it again."""
    from rempart_core.timestamps import read_limit

    try:
        read_limit(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error
    return text


def positive(text: str) -> float:
    """Return a number above 0 that a user gave.

    Raises:
        argparse.ArgumentTypeError: It is none.
    """
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not 0 < value <= 1_000_000:
        from rempart_core.suggestion import quoted

        raise argparse.ArgumentTypeError(words("parse.above_zero", value=quoted(text)))
    return value
