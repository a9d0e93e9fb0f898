"""The command ``rempart schedule``; what it needs is imported when it runs."""

import argparse
from collections.abc import Callable, Sequence
from typing import Any


def add_schedule(commands: Any, add_audit: Callable[[Any], None], reports: Sequence[str]) -> None:
    """Add the command ``schedule``.

    Args:
        commands: What it is added to.
        add_audit: Adds the command ``audit``, whose options are what is scheduled.
        reports: Names of those of its options that write a report.
    """
    parser = commands.add_parser(
        "schedule",
        usage="rempart schedule [OPTION …] -- AUDIT-OPTION …",
        help="let systemd (or cron) audit every night, with the options of an audit that you give",
        description="Write a systemd service and timer, or a line for cron, that runs `rempart audit` with the options "
        "behind --. They are shown first, and written when you agree. Root writes units of the system, anybody else "
        "those of the user. Exit status: 0, 2 wrong usage or not agreed to, 3 they can't be written or started.",
    )
    parser.add_argument("audit", metavar="AUDIT-OPTION", nargs="*", help="the options of the audit, behind --")
    parser.add_argument(
        "--at",
        metavar="TIME",
        default="02:30",
        help="HH:MM each day, or what systemd's OnCalendar= (with --cron: five fields of cron) takes (default: 02:30)",
    )
    parser.add_argument(
        "--splay",
        metavar="MINUTES",
        type=_minutes,
        default=15,
        help="begin up to so many minutes later, so that not all begin at once (default: 15)",
    )
    parser.add_argument(
        "--name", metavar="NAME", default="audit", help="tells one from another: rempart-NAME (default: audit)"
    )
    parser.add_argument(
        "--run-as", metavar="USER", default="", help="run as USER, where root schedules (default: root); who needs no "
        "more than keys for SSH needs no root here"
    )  # fmt: skip
    parser.add_argument(
        "--local-hosts",
        action="store_true",
        help="the inventory names this machine too (ansible_connection: local): the service is less shut in, since "
        "what shuts it in would change what it sees here",
    )
    parser.add_argument("--cron", action="store_true", help="a line for cron, in /etc/cron.d")
    parser.add_argument(
        "--out", metavar="DIR", default="", help="write into DIR, for an image or a package; start nothing"
    )
    act = parser.add_mutually_exclusive_group()
    act.add_argument("--show", action="store_true", help="only show what would be done")
    act.add_argument("--yes", action="store_true", help="do not ask")
    parser.add_argument("--remove", action="store_true", help="stop it and take its files away")
    parser.set_defaults(function=lambda options: _schedule(options, add_audit, reports))


def _minutes(text: str) -> int:
    if not text.isascii() or not text.isdigit() or int(text) > 720:
        raise argparse.ArgumentTypeError(f"{text!r}: give a number of minutes up to 720")
    return int(text)


def _schedule(options: argparse.Namespace, add_audit: Callable[[Any], None], reports: Sequence[str]) -> int:
    from rempart_controller.commands import schedule

    return schedule.schedule(options, add_audit, reports)
