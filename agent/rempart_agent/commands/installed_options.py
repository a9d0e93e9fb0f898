"""The commands ``rempart-agent run``, ``identity`` and ``deliver``; what they need is imported when they run."""

import argparse
from typing import Any

from rempart_agent.cli.base import add_target
from rempart_core.error import UsageError


def add_run(commands: Any) -> None:
    """Add the command ``run``."""
    from rempart_agent.cli.audit_options import EXIT_STATUS, add_options

    parser = commands.add_parser(
        "run",
        help="audit; sign the run document and keep it for the controller, or print it",
        description="Audit this machine. Where the agent is installed (/etc/rempart/agent.yaml is there, or --config "
        "names its file) the run document is signed with this machine's own key and waits in a spool until a "
        "controller has stored it; the exit status is 0, since findings are the controller's to judge. Else, and with "
        "--print or any option below, it is printed (JSON) on standard output. " + EXIT_STATUS,
    )
    parser.add_argument(
        "--config", metavar="FILE", default="", help="the installed agent's file (default: /etc/rempart/agent.yaml)"
    )
    _add_folder(parser)
    parser.add_argument("--print", action="store_true", help="print the run document, though the agent is installed")
    add_options(parser)
    add_target(parser)
    plain = {name: parser.get_default(name) for name in vars(parser.parse_args([]))}
    parser.set_defaults(function=lambda options: _run(options, plain))


def _add_folder(parser: Any) -> None:
    parser.add_argument(
        "--folder", metavar="DIR", default="", help="where key and spool lie (default: /var/lib/rempart/agent)"
    )


def _run(options: argparse.Namespace, plain: dict[str, Any]) -> int:
    from rempart_agent.audit import pipeline
    from rempart_agent.cli.audit_options import request_of, threshold_of
    from rempart_agent.cli.base import say
    from rempart_agent.commands import run as command

    own = ("config", "folder", "print")
    given = [name for name, value in plain.items() if name not in own and getattr(options, name) != value]
    if options.config or options.folder or (not options.print and not given and command.is_installed()):
        if options.print or given:
            name = (given or ["print"])[0].replace("_", "-")
            raise UsageError(f"--{name} prints what was found: it does not go together with --config and --folder")
        return command.run(options.config, options.folder)
    from rempart_core.documents import run_document
    from rempart_core.model import gate

    run = pipeline.audit(request_of(options), say)
    print(run_document.write(run))
    return gate.exit_status(run, threshold_of(options))


def add_identity(commands: Any) -> None:
    """Add the command ``identity``."""
    parser = commands.add_parser(
        "identity",
        help="print the machine id and the public key that a controller has to know",
        description="Print this machine's id (hashed) and the public key of its installed agent, which is made where "
        "there is none: what `rempart agent accept` takes.",
    )
    parser.add_argument("--json", action="store_true", help="as one JSON object")
    _add_folder(parser)
    parser.set_defaults(function=_identity)


def _identity(options: argparse.Namespace) -> int:
    from rempart_agent.commands import run as command

    return command.identity(options.folder, as_json=options.json)


def add_deliver(commands: Any) -> None:
    """Add the command ``deliver``."""
    parser = commands.add_parser(
        "deliver",
        help="give a controller the documents that wait (it calls this by itself)",
        description="Give a controller the signed documents that wait, through standard input and output: what "
        "`rempart audit -i` calls over SSH on a host with rempart_agent. Documents that it has stored are taken away.",
    )
    _add_folder(parser)
    parser.set_defaults(function=_deliver)


def _deliver(options: argparse.Namespace) -> int:
    from rempart_agent.commands import run as command

    return command.deliver(options.folder)
