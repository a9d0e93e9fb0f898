"""The command ``rempart server backup``: all of a server in one file, while it works."""

import argparse
from typing import NamedTuple

from rempart_agent.cli.language import option_help, words
from rempart_server.commands.directory import add_directory, read_directory


class BackupRequest(NamedTuple):
    """A backup is to be made.

    Attributes:
        directory: Of the server.
        path: The file.
    """

    directory: str
    path: str


def add(parser: argparse.ArgumentParser) -> None:
    """See Command.add."""
    parser.description = words("server.backup_long")
    parser.add_argument("file", metavar="FILE", help=option_help("server.help_backup"))
    add_directory(parser)


def request(options: argparse.Namespace) -> BackupRequest:
    """See Command.request."""
    return BackupRequest(read_directory(options), options.file)


def run(request: BackupRequest) -> int:
    """Write the file, and say the heads of its chains.

    Raises:
        UsageError: The file can't be written.
        StoreError: The store can't be read.
    """
    from rempart_server.backup import back_up
    from rempart_server.opening import open_context

    with open_context(request.directory) as context:
        made = back_up(context, request.path)
    print(words("server.backup_made", path=request.path, size=made.size))
    print(words("server.heads", head=made.heads.documents.head or "-", log_head=made.heads.log.head or "-"))
    return 0
