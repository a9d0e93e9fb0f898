"""The command ``rempart-agent``: SQL about a target, the tables there are, and the audit without reports.

What a command needs is imported when it is wanted: start-up time is a feature.
"""

import sys
from collections.abc import Sequence

from rempart_agent.cli import language
from rempart_agent.cli.base import LaidOutHelpFormatter, Parser, guard, leave
from rempart_agent.cli.command import Commands, describe, find
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
        description="Ask this machine, or a root filesystem, through osquery SQL.",
        epilog="Examples:\n"
        '  rempart-agent query "SELECT username, shell FROM users WHERE uid >= 1000"\n'
        "  rempart-agent query --root /mnt/image --json \"SELECT path, mode FROM file WHERE path LIKE '/etc/ssh/%'\"\n"
        "  rempart-agent tables --columns rempart_sshd_config\n"
        "  rempart-agent run --profile server > run.json\n",
        formatter_class=LaidOutHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"rempart-agent {VERSION}")
    describe(parser, [word for word in arguments if not word.startswith("-")], COMMANDS, PACKAGE)
    options = parser.parse_args(arguments)
    wanted = find(options, COMMANDS, PACKAGE)
    return wanted.run(wanted.request(options))


PACKAGE = "rempart_agent.commands"
COMMANDS: Commands = {
    "query": "answer SQL, as a table or as JSON",
    "tables": "list the tables there are",
    "run": "audit; sign the run document and keep it for the controller, or print it",
    "identity": "print the machine id and the public key that a controller has to know",
    "deliver": "give a controller the documents that wait (it calls this by itself)",
    "extension": "serve the extra tables to a running osqueryd",
    "compare-engines": "judge this machine by two engines, and print where they differ",
}
