"""The command ``rempart checks import-fleet``."""

import argparse
from typing import NamedTuple

from rempart_agent.cli.language import chosen, option_help, words
from rempart_core.messages.say import say
from rempart_core.text import clean_line


class ImportRequest(NamedTuple):
    """Policies are to be imported.

    Attributes:
        directory: The folder of Fleet's YAML files.
        out: The folder of the user's checks.
    """

    directory: str
    out: str


def add(parser: argparse.ArgumentParser) -> None:
    """See Command.add."""
    parser.description = words("command.import_fleet_long")
    parser.add_argument("directory", metavar="DIR", help=option_help("help.fleet_folder"))
    parser.add_argument("--out", metavar="DIR", required=True, help=option_help("help.new_folder"))


def request(options: argparse.Namespace) -> ImportRequest:
    """See Command.request."""
    return ImportRequest(options.directory, options.out)


def run(request: ImportRequest) -> int:
    """Import the policies; exit status 1 where some were left out.

    Raises:
        UsageError: There is no policy, or nothing can be written.
        ContentError: The checks that are there hold mistakes.
    """
    from rempart_controller.imports.fleet import import_policies

    done = import_policies(request.directory, request.out)
    for file in done.written:
        print(clean_line(file))
    if done.left_out:
        print(words("fleet_import.left_out"))
    for one in done.left_out:
        place = f"{one.file}:{one.line}" if one.line else one.file
        named = f"{place}: {one.name}" if one.name else place
        print(f"  {clean_line(named)}: {say(one.why, chosen())}")
    print(words("fleet_import.done", count=len(done.written), kept=done.kept, left=len(done.left_out)))
    return int(bool(done.left_out))
