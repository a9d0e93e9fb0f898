"""The command ``rempart diff``."""

import argparse
import sys
from typing import NamedTuple

from rempart_agent.cli.language import option_help, words
from rempart_controller.commands.options.output import add_language


class DiffRequest(NamedTuple):
    """Two run documents are to be compared.

    Attributes:
        old: The file of the earlier run.
        new: That of the later one; ``-`` for standard input.
        language: ``en`` or ``fr``.
    """

    old: str
    new: str
    language: str


def add(parser: argparse.ArgumentParser) -> None:
    """See Command.add."""
    parser.description = words("command.diff_long")
    parser.add_argument("old", metavar="OLD.json", help=option_help("help.diff_before"))
    parser.add_argument("new", metavar="NEW.json", help=option_help("help.diff_after"))
    add_language(parser)


def request(options: argparse.Namespace) -> DiffRequest:
    """See Command.request."""
    return DiffRequest(options.old, options.new, options.lang)


def run(request: DiffRequest) -> int:
    """Print what differs; 1 where something got worse or can't be seen any more."""
    from rempart_core.documents.run_document import read_run
    from rempart_core.model.difference import compare
    from rempart_reports.views.difference import print_difference

    difference = compare(read_run(request.old), read_run(request.new))
    print_difference(difference, sys.stdout, request.language)
    return int(bool(difference.worse or difference.unseen))
