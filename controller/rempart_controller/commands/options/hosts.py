"""The options that choose hosts of an inventory, the way to them, and how much is spent on them."""

import argparse
from typing import TYPE_CHECKING

from rempart_agent.cli.base import OptionGroup
from rempart_controller.inventory.host_choice import HostChoice

if TYPE_CHECKING:  # a fleet is loaded where one is audited
    from rempart_controller.fleet.fleet import Limits

PARALLEL = 25
HOST_DEADLINE = 120.0


def add_fleet(parser: OptionGroup) -> None:
    """Add the options that choose hosts and the way to them; they are called as Ansible calls them."""
    fleet = parser.add_argument_group("a fleet, from an Ansible inventory")
    fleet.add_argument(
        "-i",
        "--inventory",
        metavar="INVENTORY",
        action="append",
        default=[],
        help="an inventory as Ansible reads it: a file, a folder, a program, or HOST,; repeatable",
    )
    fleet.add_argument("-l", "--limit", metavar="PATTERN", default="", help="only hosts or groups of this pattern")
    fleet.add_argument(
        "-u", "--user", metavar="NAME", default="", help="log in as NAME, where the inventory says nobody"
    )
    fleet.add_argument(
        "-b", "--become", action="store_true", help="become root by sudo, where the inventory says nothing"
    )
    fleet.add_argument("-k", "--ask-pass", action="store_true", help="ask for the password of the connection")
    fleet.add_argument("-K", "--ask-become-pass", action="store_true", help="ask for the password of sudo")
    fleet.add_argument("--private-key", metavar="FILE", default="", help="log in with this key")
    fleet.add_argument("--vault-id", metavar="ID", action="append", default=[], help="as Ansible's; repeatable")
    fleet.add_argument(
        "--vault-password-file", metavar="FILE", action="append", default=[], help="as Ansible's; repeatable"
    )
    fleet.add_argument("--ask-vault-pass", action="store_true", help="ask for the password of the vault")
    fleet.add_argument(
        "--parallel", metavar="N", type=positive, default=PARALLEL, help=f"hosts at a time (default: {PARALLEL})"
    )
    fleet.add_argument(
        "--host-deadline",
        metavar="SECONDS",
        type=positive,
        default=HOST_DEADLINE,
        help=f"how long one host may take in all (default: {HOST_DEADLINE:g})",
    )
    fleet.add_argument(
        "--run-deadline",
        metavar="SECONDS",
        type=positive,
        default=0.0,
        help="how long all may take (default: no limit)",
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
    agents = parser.add_argument_group("hosts with an installed agent (rempart_agent)")
    agents.add_argument(
        "--agent-limit",
        metavar="AGE",
        type=_expect_limit,
        default="48h",
        help="how old the newest document of an agent may be, as 48h or 3d, before its host counts as silent "
        "(default: 48h)",
    )


def add_unfinished(parser: OptionGroup) -> None:
    """Add the options that choose hosts by what is known of them."""
    some = parser.add_argument_group("only some hosts of an inventory")
    some.add_argument(
        "--stale",
        metavar="AGE",
        type=_age,
        help="leave out hosts that answered within AGE (90m, 20h, 7d), as the store knows, which --store names. "
        "Reports tell of the others; the exit status is that of all, and takes the store's word for those left out",
    )
    some.add_argument(
        "--resume",
        action="store_true",
        help="go on with the audit that was interrupted (Ctrl-C, a kill, --run-deadline): ask the hosts that were not "
        "done, and report on all of them. Give the same inventory, checks and profile as then",
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
    """Return a number above 0 that a user gave."""
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not 0 < value <= 1_000_000:
        raise argparse.ArgumentTypeError(f"{text!r}: give a number above 0")
    return value
