"""The command ``rempart-agent run``."""

import argparse
from typing import NamedTuple

from rempart_agent.audit.request import Request
from rempart_agent.cli.audit_options import EXIT_STATUS, add_options, request_of, threshold_of
from rempart_agent.cli.base import add_target
from rempart_agent.cli.language import option_help, words
from rempart_agent.commands.identity import add_folder
from rempart_core.error import UsageError
from rempart_core.messages.message import Message
from rempart_core.model.check import Severity

_OWN = ("config", "folder", "print")


class RunRequest(NamedTuple):
    """An audit of this machine.

    Attributes:
        ask: What is asked where the run is printed; None where it is signed and kept.
        threshold: The least severity that counts then.
        config: The installed agent's file; ``""`` for the usual one.
        folder: Where key and spool lie; ``""`` for the usual place.
    """

    ask: Request | None
    threshold: Severity
    config: str
    folder: str


def add(parser: argparse.ArgumentParser) -> None:
    """See Command.add."""
    parser.description = words("command.agent_run_long", status=EXIT_STATUS)
    parser.add_argument("--config", metavar="FILE", default="", help=option_help("help.agent_config"))
    add_folder(parser)
    parser.add_argument("--print", action="store_true", help=option_help("help.agent_print"))
    add_options(parser)
    add_target(parser)
    parser.set_defaults(plain=tuple((name, parser.get_default(name)) for name in vars(parser.parse_args([]))))


def request(options: argparse.Namespace) -> RunRequest:
    """See Command.request."""
    given = [name for name, value in options.plain if name not in _OWN and vars(options)[name] != value]
    prints = options.print or bool(given)
    installed = bool(options.config or options.folder)
    if installed and prints:
        name = (given or ["print"])[0].replace("_", "-")
        raise UsageError(Message("agent.run_option", name=name))
    if not installed and not prints:
        from rempart_agent.installed.settings import is_installed

        installed = is_installed()
    ask = None if installed else request_of(options)
    return RunRequest(ask, threshold_of(options), options.config, options.folder)


def run(request: RunRequest) -> int:
    """Audit; sign the run document and keep it, or print it."""
    if request.ask is None:
        from rempart_agent.installed import signed_run

        return signed_run.run(request.config, request.folder)
    from rempart_agent.audit import pipeline
    from rempart_agent.cli.base import say
    from rempart_core.documents import run_document
    from rempart_core.model import gate

    run = pipeline.audit(request.ask, say)
    print(run_document.write(run))
    return gate.exit_status(run, request.threshold)
