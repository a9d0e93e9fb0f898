"""The command ``rempart-agent compare-engines``."""

import argparse
import sys
from typing import NamedTuple

from rempart_agent.audit.request import Request
from rempart_agent.cli.audit_options import add_selection
from rempart_agent.cli.base import seconds
from rempart_agent.cli.language import option_help, words


class CompareRequest(NamedTuple):
    """This machine is to be judged by two engines.

    Attributes:
        engine: The other engine.
        socket: The extension socket of the osqueryd to ask; ``""`` for the usual one.
        ask: What is asked.
    """

    engine: str
    socket: str
    ask: Request


def add(parser: argparse.ArgumentParser) -> None:
    """See Command.add."""
    parser.description = words("command.compare_long")
    parser.add_argument("engine", choices=["osqueryd", "osqueryi"], help=option_help("help.other_engine"))
    add_selection(parser)
    parser.add_argument("--socket", metavar="PATH", default="", help=option_help("help.other_socket"))
    parser.add_argument(
        "--deadline", metavar="SECONDS", type=seconds, default=20.0, help=option_help("help.other_deadline")
    )


def request(options: argparse.Namespace) -> CompareRequest:
    """See Command.request."""
    ask = Request(
        role=options.role,
        profile=options.profile or "all",
        globs=tuple(g for text in options.checks for g in text.split(",") if g),
        directories=tuple(options.checks_dir),
        parameters=tuple(options.param),
        deadline=options.deadline,
    )
    return CompareRequest(options.engine, options.socket, ask)


def run(request: CompareRequest) -> int:
    """Judge this machine by two engines; 1 where they differ."""
    from rempart_agent.quality.compare_engines import compare

    return compare(request.engine, request.socket, request.ask, sys.stdout)
