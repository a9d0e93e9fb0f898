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
from rempart_controller.commands import fix_parser, incident_parser, query, registry, schedule_parser
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


def make_parser(words: list[str] | None = None) -> Parser:
    """Return the parser of ``rempart``.

    Args:
        words: What the command line says besides options: only the command that is wanted is described with its
            options; None describes all.
    """
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
    registry.describe(parser, words, _COMMANDS)
    return parser


def _main(arguments: Sequence[str]) -> int:
    parser = make_parser([word for word in arguments if not word.startswith("-")])
    options = parser.parse_args(arguments)
    run_deadline.begin(options)
    refuse_password(getattr(options, "store", None))
    if options.command in _COMMANDS:
        status: int = options.function(options)
        return status
    command = registry.load(*registry.name_module(options))
    return command.run(command.request(options))


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


_COMMANDS: dict[str, Callable[[Any], None]] = {  # those whose module has no request yet
    "audit": _add_audit,
    "query": query.add_query,
    **fix_parser.COMMANDS,
    "schedule": lambda commands: schedule_parser.add_schedule(commands, _add_audit, (*_FORMATS, *_DIRECTORIES)),
    "incident": incident_parser.add_incident,
}
