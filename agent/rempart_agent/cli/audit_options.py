"""The options of an audit, and the request that they make."""

import argparse
from collections.abc import Callable

from rempart_agent.audit.request import Request
from rempart_agent.cli.base import OptionGroup, images_of
from rempart_agent.cli.language import option_help, words
from rempart_core.messages.message import Message
from rempart_core.model.check import ROLES, Severity

EXIT_STATUS = Message("command.exit_status")


_SEVERITIES = [severity.value for severity in Severity]


def add_selection(parser: OptionGroup) -> None:
    """Add the options that choose checks."""
    choose = parser.add_argument_group(words("help.group_asked"))
    roles = [role for role in ROLES if role != "organisation"]
    choose.add_argument("--role", choices=roles, default="", help=option_help("help.role"))
    choose.add_argument("--profile", metavar="NAME", default="", help=option_help("help.profile"))
    choose.add_argument(
        "--checks",
        metavar="GLOB",
        action="append",
        default=[],
        help=option_help("help.checks"),
    )
    choose.add_argument(
        "--checks-dir",
        metavar="DIR",
        action="append",
        default=[],
        help=option_help("help.checks_dir"),
    )
    choose.add_argument(
        "--param",
        metavar="CHECK.NAME=VALUE",
        action="append",
        default=[],
        help=option_help("help.param"),
    )
    choose.add_argument(
        "--walk",
        action=argparse.BooleanOptionalAction,
        default=None,
        help=option_help("help.walk"),
    )
    choose.add_argument(
        "--walk-entries",
        metavar="N",
        type=_number(1, 100_000_000),
        default=None,
        help=option_help("help.walk_entries"),
    )
    choose.add_argument(
        "--walk-seconds",
        metavar="N",
        type=_number(1, 3600),
        default=None,
        help=option_help("help.walk_seconds"),
    )


def _number(least: int, most: int) -> Callable[[str], int]:
    def number(text: str) -> int:
        value = int(text)
        if not least <= value <= most:
            raise argparse.ArgumentTypeError(words("parse.between", value=text, least=least, most=most))
        return value

    return number


def add_options(parser: OptionGroup) -> None:
    """Add the options that choose checks and how they are judged."""
    add_selection(parser)
    judge = parser.add_argument_group(words("help.group_judged"))
    judge.add_argument("--waivers", metavar="FILE", default="", help=option_help("help.waivers"))
    judge.add_argument("--baseline", metavar="RUN.json", default="", help=option_help("help.baseline"))
    judge.add_argument(
        "--fail-on",
        metavar="SEVERITY",
        choices=_SEVERITIES,
        default="low",
        help=option_help("help.fail_on", severities=", ".join(_SEVERITIES)),
    )


def request_of(options: argparse.Namespace) -> Request:
    """Return the request that parsed options make."""
    return Request(
        root=options.root,
        images=images_of(options),
        role=options.role,
        profile=options.profile,
        globs=tuple(g for text in options.checks for g in text.split(",") if g),
        directories=tuple(options.checks_dir),
        parameters=tuple(options.param),
        waivers=options.waivers,
        baseline=options.baseline,
        deadline=options.deadline,
        engine=options.engine,
        socket=options.socket,
        walk=options.walk,
        walk_entries=options.walk_entries,
        walk_seconds=options.walk_seconds,
    )


def threshold_of(options: argparse.Namespace) -> Severity:
    """Return the least severity that counts."""
    return Severity(options.fail_on)
