"""The command ``rempart server restore``: a backup put into an empty place."""

import argparse
import os

from rempart_agent.cli.base import say
from rempart_agent.cli.language import option_help, words
from rempart_server.commands.directory import add_directory, read_directory
from rempart_server.restoring import Refused, Restoring, restore


def add(parser: argparse.ArgumentParser) -> None:
    """See Command.add."""
    parser.description = words("server.restore_long")
    parser.add_argument("file", metavar="FILE", help=option_help("server.help_backup"))
    add_directory(parser)
    parser.add_argument("--store", metavar="URL", default="", help=option_help("server.help_restore_store"))
    parser.add_argument("--head", metavar="HASH", default="", help=option_help("server.help_head"))
    parser.add_argument("--log-head", metavar="HASH", default="", help=option_help("server.help_log_head"))


def request(options: argparse.Namespace) -> Restoring:
    """See Command.request."""
    return Restoring(options.file, read_directory(options), options.store, options.head, options.log_head)


def run(request: Restoring) -> int:
    """Restore it, and return 1 where it is refused.

    Raises:
        UsageError: The place is not empty.
        ContentError: ``server.yaml`` names what is not on this machine.
        StoreError: The store can't be written.
    """
    from rempart_server.opening import expect_extra

    expect_extra()
    try:
        heads = restore(request)
    except Refused as error:
        say(error.message)
        return 1
    print(words("server.restored", directory=os.path.abspath(request.directory), count=heads.documents.links))
    print(words("server.heads", head=heads.documents.head or "-", log_head=heads.log.head or "-"))
    return 0
