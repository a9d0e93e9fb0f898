"""The command ``rempart-agent``: SQL about a target, the tables there are, and the audit without reports.

What a command needs is imported when it is wanted: start-up time is a feature.
"""

import argparse
import sys
from collections.abc import Callable, Sequence
from typing import Any

from rempart_agent.cli.base import LaidOutHelpFormatter, Parser, guard, leave, seconds
from rempart_core.version import VERSION


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit status; without arguments, as the installed command, end the process."""
    status = guard(lambda: _main(arguments))
    return leave(status) if arguments is None else status


def _main(arguments: Sequence[str] | None) -> int:
    parser = Parser(
        prog="rempart-agent",
        description="Ask this machine, or a root filesystem, through osquery SQL.",
        epilog="Examples:\n"
        '  rempart-agent query "SELECT username, shell FROM users WHERE uid >= 1000"\n'
        "  rempart-agent query --root /mnt/image --json \"SELECT path, mode FROM file WHERE path LIKE '/etc/ssh/%'\"\n"
        "  rempart-agent tables --columns rempart_sshd_config\n"
        "  rempart-agent run --profile server > run.json\n",
        formatter_class=LaidOutHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"rempart-agent {VERSION}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    arguments = sys.argv[1:] if arguments is None else arguments
    wanted = next((a for a in arguments if not a.startswith("-")), "")
    for name, add in _COMMANDS.items():  # only the command that is wanted is described: start-up time is a feature
        if wanted not in _COMMANDS or name == wanted:
            add(commands)
    options = parser.parse_args(arguments)
    status: int = options.function(options)
    return status


def _add_query(commands: Any) -> None:
    from rempart_agent.commands.query import add_query

    add_query(commands)


def _add_tables(commands: Any) -> None:
    from rempart_agent.commands.query import add_tables

    add_tables(commands)


def _add_run(commands: Any) -> None:
    from rempart_agent.commands.installed_options import add_run

    add_run(commands)


def _add_identity(commands: Any) -> None:
    from rempart_agent.commands.installed_options import add_identity

    add_identity(commands)


def _add_deliver(commands: Any) -> None:
    from rempart_agent.commands.installed_options import add_deliver

    add_deliver(commands)


def _add_extension(commands: Any) -> None:
    parser = commands.add_parser(
        "extension",
        help="serve the extra tables to a running osqueryd",
        description="Register with a running osqueryd and serve the rempart_ tables to it until it goes away: what "
        "osqueryd starts by itself where its extensions.load names a program that --write made.",
    )
    parser.add_argument("--socket", metavar="PATH", default="", help="osqueryd's extension socket")
    parser.add_argument(
        "--timeout", metavar="SECONDS", type=seconds, default=3.0, help="how long to wait for the socket (default: 3)"
    )
    parser.add_argument(
        "--interval", metavar="SECONDS", type=seconds, default=3.0, help="how often to look whether osqueryd is there"
    )
    parser.add_argument(
        "--reconnect",
        action="store_true",
        help="wait for an osqueryd that restarts and serve it again, where no extensions.load starts this",
    )
    parser.add_argument("--verbose", action="store_true", help="say what happens on standard error")
    parser.add_argument(
        "--write",
        metavar="FILE.ext",
        default="",
        help="write the program for osqueryd's extensions.load to FILE.ext, and do nothing else",
    )
    parser.set_defaults(function=_extension)


def _extension(options: argparse.Namespace) -> int:
    from rempart_agent.commands import extension
    from rempart_agent.engines.osquery import program

    if options.write:
        extension.write_script(options.write)
        print(f"{options.write} is written; add that line to osqueryd's extensions.load and restart it")
        return 0
    path = options.socket or program.usual_socket()
    return extension.serve(path, options.timeout, options.interval, options.verbose, options.reconnect)


def _add_compare_engines(commands: Any) -> None:
    from rempart_agent.cli.audit_options import add_selection

    parser = commands.add_parser(
        "compare-engines",
        help="judge this machine by two engines, and print where they differ",
        description="Judge this machine by the embedded engine and by a real osquery, and print each check whose state "
        "differs, with both evidences. Exit status: 0 they agree, 1 they differ, 2 wrong usage, 3 an engine can't be "
        "had.",
    )
    parser.add_argument("engine", choices=["osqueryd", "osqueryi"], help="the other engine")
    add_selection(parser)
    parser.add_argument("--socket", metavar="PATH", default="", help="the extension socket of the osqueryd to ask")
    parser.add_argument(
        "--deadline", metavar="SECONDS", type=seconds, default=20.0, help="how long one statement may take"
    )
    parser.set_defaults(function=_compare_engines)


def _compare_engines(options: argparse.Namespace) -> int:
    from rempart_agent.audit.request import Request
    from rempart_agent.quality import compare_engines

    request = Request(
        role=options.role,
        profile=options.profile or "all",
        globs=tuple(g for text in options.checks for g in text.split(",") if g),
        directories=tuple(options.checks_dir),
        parameters=tuple(options.param),
        deadline=options.deadline,
    )
    return compare_engines.compare(options.engine, options.socket, request, sys.stdout)


_COMMANDS: dict[str, Callable[[Any], None]] = {
    "query": _add_query,
    "tables": _add_tables,
    "run": _add_run,
    "identity": _add_identity,
    "deliver": _add_deliver,
    "extension": _add_extension,
    "compare-engines": _add_compare_engines,
}
