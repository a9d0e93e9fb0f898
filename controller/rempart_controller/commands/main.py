"""The command ``rempart``: audit, compare runs, and look after checks.

What a command needs is imported when it runs: start-up time is a feature.
"""

import sys
from collections.abc import Sequence

from rempart_agent.cli import command, language
from rempart_agent.cli.base import LaidOutHelpFormatter, Parser, guard, leave
from rempart_controller import run_deadline
from rempart_controller.commands.registry import COMMANDS, PACKAGE
from rempart_core.version import VERSION


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
        description=language.words("help.about"),
        epilog=language.words("help.examples"),
        formatter_class=LaidOutHelpFormatter,
    )
    parser.add_argument(
        "--version", action="version", version=f"rempart {VERSION}", help=language.option_help("parse.version")
    )
    command.describe(parser, words, COMMANDS, PACKAGE)
    return parser


def _main(arguments: Sequence[str]) -> int:
    language.choose(arguments)
    parser = make_parser([word for word in arguments if not word.startswith("-")])
    options = parser.parse_args(arguments)
    language.keep(getattr(options, "lang", ""))
    options.ends = run_deadline.begin(getattr(options, "run_deadline", 0.0))
    if store := getattr(options, "store", None):
        from rempart_store.location import refuse_password

        refuse_password(store)
    wanted = command.find(options, COMMANDS, PACKAGE)
    return wanted.run(wanted.request(options))
