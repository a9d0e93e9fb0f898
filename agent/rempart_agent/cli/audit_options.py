"""The options of an audit, and the request that they make."""

import argparse
from collections.abc import Callable

from rempart_agent.audit.request import Request
from rempart_agent.cli.base import OptionGroup
from rempart_core.model.check import ROLES, Severity

EXIT_STATUS = (
    "Exit status: 0 judged and nothing open at or above the threshold; 1 findings; 2 wrong usage or content; "
    "3 the audit is incomplete (an error, a check that lacked privileges, nothing judged), which outranks 1; "
    "130 or 143 interrupted (Ctrl-C, SIGTERM)."
)


_SEVERITIES = [severity.value for severity in Severity]


def add_selection(parser: OptionGroup) -> None:
    """Add the options that choose checks."""
    choose = parser.add_argument_group("what is asked")
    roles = [role for role in ROLES if role != "organisation"]
    choose.add_argument("--role", choices=roles, default="", help="the target's role (default: detected)")
    choose.add_argument(
        "--profile", metavar="NAME", default="", help="a profile (default: the role's own; `all` takes every check)"
    )
    choose.add_argument(
        "--checks",
        metavar="GLOB",
        action="append",
        default=[],
        help="only checks whose id or area matches, as DSK-* or firewall; repeatable, or separated by commas",
    )
    choose.add_argument(
        "--checks-dir",
        metavar="DIR",
        action="append",
        default=[],
        help="a folder of your own checks, beside ours; repeatable",
    )
    choose.add_argument(
        "--param",
        metavar="CHECK.NAME=VALUE",
        action="append",
        default=[],
        help="a parameter's value; lists: separated by commas",
    )
    choose.add_argument(
        "--walk",
        action=argparse.BooleanOptionalAction,
        default=None,
        help="walk all local file systems for the checks that need it (default: what the profile says)",
    )
    choose.add_argument(
        "--walk-entries",
        metavar="N",
        type=_number(1, 100_000_000),
        default=None,
        help="the most files and folders that a walk looks at (default: 5000000)",
    )
    choose.add_argument(
        "--walk-seconds",
        metavar="N",
        type=_number(1, 3600),
        default=None,
        help="the most seconds that a walk takes (1 to 3600, default: 90)",
    )


def _number(least: int, most: int) -> Callable[[str], int]:
    def number(text: str) -> int:
        value = int(text)
        if not least <= value <= most:
            raise argparse.ArgumentTypeError(f"{text} is not between {least} and {most}")
        return value

    return number


def add_options(parser: OptionGroup) -> None:
    """Add the options that choose checks and how they are judged."""
    add_selection(parser)
    judge = parser.add_argument_group("how it is judged")
    judge.add_argument("--waivers", metavar="FILE", default="", help="findings that are lived with until a date (YAML)")
    judge.add_argument(
        "--baseline", metavar="RUN.json", default="", help="a run document: only what is new since that run counts"
    )
    judge.add_argument(
        "--fail-on",
        metavar="SEVERITY",
        choices=_SEVERITIES,
        default="low",
        help=f"the least severity that counts for the exit status: {', '.join(_SEVERITIES)} (default: low)",
    )


def request_of(options: argparse.Namespace) -> Request:
    """Return the request that parsed options make."""
    return Request(
        root=options.root,
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
