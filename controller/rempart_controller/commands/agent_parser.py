"""The command ``rempart agent``; what it needs is imported when it runs."""

import argparse
from collections.abc import Callable
from typing import Any


def add_agent(commands: Any) -> None:
    """Add the command ``agent``."""
    text = "know installed agents by their keys; build what the playbook installs"
    parser = commands.add_parser("agent", help=text, description=text[0].upper() + text[1:] + ".")
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    _add_accept(actions)
    _add_forget(actions)
    _add_list(actions)
    _add_wheelhouse(actions)


def _add_accept(actions: Any) -> None:
    action = actions.add_parser(
        "accept",
        help="believe the agent of a host from now on",
        description="Believe the agent of a host from now on: what is signed with this key, on this machine. Compare "
        "both with what `rempart-agent identity` prints there. The playbook install_agent.yml does it for you. Exit "
        "status: 0, 2 another agent of that name is known.",
    )
    action.add_argument("host", metavar="HOST", help="the host's name in the inventory")
    action.add_argument("machine", metavar="MACHINE-ID", help="64 hex digits")
    action.add_argument("key", metavar="KEY", help="64 hex digits")
    action.add_argument(
        "--replace", action="store_true", help="take the place of another agent of that name, set up anew by you"
    )
    action.add_argument("--check", action="store_true", help="say what would be, and change nothing")
    action.set_defaults(function=_run("accept"))


def _add_forget(actions: Any) -> None:
    action = actions.add_parser(
        "forget",
        help="believe the agent of a host no more",
        description="Believe the agent of a host no more: until it is accepted anew, its host is silent.",
    )
    action.add_argument("host", metavar="HOST", help="the host's name in the inventory")
    action.set_defaults(function=_run("forget"))


def _add_list(actions: Any) -> None:
    action = actions.add_parser(
        "list", help="list the agents that are believed", description="List the agents that are believed, by host."
    )
    action.add_argument("--json", action="store_true", help="as JSON lines")
    action.set_defaults(function=_run("show"))


def _add_wheelhouse(actions: Any) -> None:
    action = actions.add_parser(
        "wheelhouse",
        help="fetch all that an agent is made of, for endpoints without internet",
        description="Fetch all that an installed agent is made of into DIR, a folder for each kind of endpoint, with "
        "pip as it is configured here. The playbook install_agent.yml calls it. Nothing is fetched where the folder is "
        "whole and of this Rempart already.",
    )
    action.add_argument("directory", metavar="DIR", help="where the folders go")
    action.add_argument(
        "--python", metavar="X.Y", action="append", default=[], help="the endpoints' Python; repeatable (default: ours)"
    )
    action.add_argument(
        "--machine",
        metavar="NAME",
        action="append",
        default=[],
        help="what `uname -m` prints there, as x86_64 or aarch64; repeatable (default: ours)",
    )
    action.add_argument(
        "--source",
        metavar="WHAT",
        default="",
        help="Rempart itself, as pip takes it: a folder, a wheel, a URL (default: what is installed here)",
    )
    action.add_argument("--fresh", action="store_true", help="fetch anew, though the folder is whole")
    action.set_defaults(function=_run("wheelhouse"))


def _run(name: str) -> Callable[[argparse.Namespace], int]:
    def run(options: argparse.Namespace) -> int:
        from rempart_controller.commands import agent

        action: Callable[[argparse.Namespace], int] = getattr(agent, name)
        return action(options)

    return run
