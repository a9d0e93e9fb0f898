"""The command ``rempart``: audit, compare runs, and look after checks.

What a command needs is imported when it runs: start-up time is a feature.
"""

import argparse
import sys
from collections.abc import Callable, Sequence
from typing import Any

from rempart_agent.cli.audit_options import EXIT_STATUS, add_options
from rempart_agent.cli.base import LaidOutHelpFormatter, Parser, add_target, guard, leave
from rempart_controller import run_deadline
from rempart_controller.commands import agent_parser, fix_parser, incident_parser, query, schedule_parser, store_parser
from rempart_controller.commands.options import hosts, notify, recording
from rempart_core.version import VERSION
from rempart_store.location import refuse_password

_FORMATS = ("junit", "html", "json", "markdown", "csv", "jsonl")
_DIRECTORIES = {"junit_dir": "junit", "html_dir": "html"}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit status; without arguments, as the installed command, end the process."""
    if arguments is None:
        return leave(guard(lambda: _main(sys.argv[1:])))
    try:
        return guard(lambda: _main(arguments))
    finally:
        run_deadline.let_go()


def _main(arguments: Sequence[str]) -> int:
    parser = Parser(
        prog="rempart",
        description="Audit the machines that handle other people's data: checks in osquery SQL, evidence for each "
        "verdict.",
        epilog="Examples:\n"
        "  sudo rempart audit                                      this machine\n"
        "  rempart audit --root /mnt/image --junit out/junit.xml   a golden image, for a pipeline\n"
        "  rempart audit --checks firewall --lang fr               one area, in French\n"
        "  rempart audit -i inventory -l web --json out/web.jsonl  the hosts of an inventory\n"
        "  rempart query -i inventory 'SELECT name FROM os_version'\n"
        "  rempart diff monday.json today.json                     what got worse\n"
        "  rempart plan -i inventory -l web                        what mending it would change\n"
        "  rempart apply rempart-plan.json                         mend it, measure again, keep or undo\n"
        "  rempart drift --since 7d                                the same of all that a store remembers\n"
        "  rempart incident open web-1 -i inventory                the clock runs; then collect, isolate, release\n"
        "  rempart checks show DSK-01 --sql                        what a check asks\n",
        formatter_class=LaidOutHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"rempart {VERSION}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    wanted = next((a for a in arguments if not a.startswith("-")), "")
    # Only the command that is wanted is described: building them all costs more than some audits' SQL.
    for name, add in _COMMANDS.items():
        if wanted not in _COMMANDS or name == wanted:
            add(commands)
    options = parser.parse_args(arguments)
    run_deadline.begin(options)
    refuse_password(getattr(options, "store", None))
    status: int = options.function(options)
    return status


def _add_audit(commands: Any) -> None:
    parser = commands.add_parser(
        "audit",
        usage="rempart audit [--root DIR | -i INVENTORY [-l PATTERN]] [OPTION …]",
        help="audit this machine, a root filesystem, or the hosts of an inventory",
        description="Audit this machine, a root filesystem, or the hosts of an Ansible inventory. Findings go to "
        "standard output, progress and errors to "
        "standard error. Without root it still runs, and says which checks could not look. " + EXIT_STATUS,
    )
    add_options(parser)
    reports = parser.add_argument_group("reports (FILE may be - for standard output, which then holds nothing else)")
    reports.add_argument("--junit", metavar="FILE", help="write a JUnit report")
    reports.add_argument(
        "--junit-form",
        choices=["strict", "rich"],
        default="strict",
        help="strict (default): valid for every consumer; rich: adds evidence of passes, properties and files",
    )
    reports.add_argument(
        "--junit-dir", metavar="DIR", help="write a JUnit report a host, TEST-HOST.xml, into a directory"
    )
    reports.add_argument("--html", metavar="FILE", help="write one self-contained page")
    reports.add_argument(
        "--html-dir", metavar="DIR", help="write linked pages into a directory: the fleet, each host, each check"
    )
    reports.add_argument(
        "--json", metavar="FILE", help="write the run document; with -i, for one host too, JSON lines, a run a line"
    )
    reports.add_argument(
        "--markdown", metavar="FILE", help="write a summary for a CI job; with -i of the fleet, worst hosts first"
    )
    reports.add_argument("--csv", metavar="FILE", help="write a line for each result, for a spreadsheet")
    reports.add_argument("--jsonl", metavar="FILE", help="write a JSON object for each result, one a line")
    reports.add_argument("--lang", choices=["en", "fr"], default="en", help="language of the reports (default: en)")
    reports.add_argument("--quiet", action="store_true", help="print no findings, only errors")
    reports.add_argument("--verbose", action="store_true", help="print the evidence of passes too")
    add_target(parser)
    hosts.add_fleet(parser)
    hosts.add_unfinished(parser)
    hosts.add_agents(parser)
    recording.add_memory(parser)
    notify.add_notify(parser)
    parser.set_defaults(function=_audit)


def _audit(options: argparse.Namespace) -> int:
    from rempart_controller.commands.audit import audit

    return audit(options, _FORMATS, _DIRECTORIES)


def _add_diff(commands: Any) -> None:
    parser = commands.add_parser(
        "diff",
        help="compare two runs: what got worse, better, appeared, cannot be seen any more",
        description="Compare two run documents (rempart audit --json). Exit status: 0 nothing got worse, 1 something "
        "did or can't be seen any more, 2 wrong usage, 3 a file is no run document.",
    )
    parser.add_argument("old", metavar="OLD.json", help="the earlier run")
    parser.add_argument("new", metavar="NEW.json", help="the later run; - reads standard input")
    parser.add_argument("--lang", choices=["en", "fr"], default="en", help="language (default: en)")
    parser.set_defaults(function=_diff)


def _diff(options: argparse.Namespace) -> int:
    from rempart_core.documents.run_document import read_run
    from rempart_core.model.difference import compare
    from rempart_reports.views import difference as comparison

    difference = compare(read_run(options.old), read_run(options.new))
    comparison.print_difference(difference, sys.stdout, options.lang)
    return int(bool(difference.worse or difference.unseen))


def _add_checks(commands: Any) -> None:
    text = "list, show, lint, test and begin checks; what of a framework they cover"
    parser = commands.add_parser("checks", help=text, description="Look after checks.")
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    _add_looks(actions)
    _add_coverage(actions)
    _add_new(actions)


def _add_own(action: Any) -> None:
    action.add_argument(
        "--checks-dir", metavar="DIR", action="append", default=[], help="a folder of your own checks, beside ours"
    )


def _add_language(action: Any) -> None:
    action.add_argument("--lang", choices=["en", "fr"], default="en", help="language (default: en)")


def _add_looks(actions: Any) -> None:
    for name, text in (
        ("list", "list the checks there are"),
        ("show", "show one check: what it asks, expects, and how to mend it"),
        ("lint", "hold checks and their cases against the rules"),
        ("test", "run the cases of checks"),
    ):
        action = actions.add_parser(name, help=text, description=text[0].upper() + text[1:] + ".")
        _add_own(action)
        if name == "show":
            action.add_argument("id", metavar="ID")
            action.add_argument("--sql", action="store_true", help="print the statements only, parameters rendered")
            action.add_argument("--platform", choices=["linux", "darwin", "windows"], default="linux")
        else:
            action.add_argument(
                "globs", metavar="GLOB", nargs="*", help="ids or areas, as DSK-* or firewall (default: all)"
            )
        if name == "list":
            action.add_argument("--profile", metavar="NAME", default="", help="only what a profile selects")
            action.add_argument("--json", action="store_true", help="as JSON lines")
        if name == "test":
            action.add_argument("--case", metavar="TEXT", default="", help="only cases whose name holds TEXT")
        if name in {"list", "show"}:
            _add_language(action)
        action.set_defaults(function=_checks)


def _add_coverage(actions: Any) -> None:
    action = actions.add_parser(
        "coverage",
        help="say which requirements of a framework checks contribute to, and which nothing does",
        description="Say which requirements of a framework checks contribute to, which are left to organisational "
        "controls, and which are not covered. A check contributes to a requirement; it never satisfies one alone.",
    )
    _add_own(action)
    action.add_argument(
        "--framework", metavar="NAME", default="", help="one framework, as gdpr (default: a line for each)"
    )
    action.add_argument("--json", action="store_true", help="as JSON lines")
    _add_language(action)
    action.set_defaults(function=_coverage)


def _coverage(options: argparse.Namespace) -> int:
    from rempart_controller.commands.checks_coverage import cover

    return cover(options)


def _add_new(actions: Any) -> None:
    action = actions.add_parser(
        "new",
        help="write a check and its cases to start from",
        description="Write DIR/AREA/<id>-<slug>.yaml and its cases to start from. Nothing is overwritten.",
    )
    action.add_argument("id", metavar="ID", help="2 to 8 letters and digits, a hyphen, a number, as ACME-01")
    action.add_argument("slug", metavar="SLUG", help="a few words for the file's name, as recorder-closed")
    action.add_argument("--area", required=True, help="the folder that it lies in, as remote-access or one of yours")
    action.add_argument("--dir", metavar="DIR", required=True, help="the folder of your checks; made where it is not")
    action.add_argument("--platform", choices=["linux", "darwin", "windows"], default="linux")
    _add_own(action)
    action.set_defaults(function=_new)


def _new(options: argparse.Namespace) -> int:
    from rempart_controller.commands.checks_new import start

    return start(options)


def _checks(options: argparse.Namespace) -> int:
    from rempart_controller.commands import checks

    action: Callable[[argparse.Namespace], int] = getattr(checks, f"{options.action}_checks")
    return action(options)


_COMMANDS: dict[str, Callable[[Any], None]] = {
    "audit": _add_audit,
    "query": query.add_query,
    "diff": _add_diff,
    **store_parser.COMMANDS,
    **fix_parser.COMMANDS,
    "schedule": lambda commands: schedule_parser.add_schedule(commands, _add_audit, (*_FORMATS, *_DIRECTORIES)),
    "incident": incident_parser.add_incident,
    "agent": agent_parser.add_agent,
    "checks": _add_checks,
}
