"""The command ``rempart-agent``: SQL about a target, the tables there are, and the audit without reports.

What a command needs is imported when it is wanted: start-up time is a feature.
"""

import sys
from collections.abc import Sequence

from rempart_agent.cli import language
from rempart_agent.cli.base import LaidOutHelpFormatter, Parser, guard, leave
from rempart_agent.cli.command import Commands, describe, find
from rempart_agent.cli.language import words
from rempart_core.messages.message import Message
from rempart_core.version import VERSION


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit status; without arguments, as the installed command, end the process."""
    status = guard(lambda: _main(arguments))
    return leave(status) if arguments is None else status


def _main(arguments: Sequence[str] | None) -> int:
    arguments = sys.argv[1:] if arguments is None else arguments
    language.choose(arguments)
    parser = Parser(
        prog="rempart-agent",
        description=words("help.agent_about"),
        epilog=words("help.agent_examples"),
        formatter_class=LaidOutHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"rempart-agent {VERSION}")
    describe(parser, [word for word in arguments if not word.startswith("-")], COMMANDS, PACKAGE)
    options = parser.parse_args(arguments)
    wanted = find(options, COMMANDS, PACKAGE)
    return wanted.run(wanted.request(options))


PACKAGE = "rempart_agent.commands"
COMMANDS: Commands = {
    "query": Message("command.agent_program_query"),
    "tables": Message("command.agent_program_tables"),
    "run": Message("command.agent_program_run"),
    "identity": Message("command.agent_program_identity"),
    "deliver": Message("command.agent_program_deliver"),
    "enrol": Message("agent_push.enrol_about"),
    "push": Message("agent_push.push_about"),
    "extension": Message("command.agent_program_extension"),
    "compare-engines": Message("command.agent_program_compare"),
}
