"""The command ``rempart server run``: answers until SIGTERM."""

import argparse
from typing import NamedTuple

from rempart_agent.cli.language import words
from rempart_server.commands.directory import add_directory, read_directory


class RunRequest(NamedTuple):
    """A server is to answer.

    Attributes:
        directory: Where ``server.yaml`` lies.
    """

    directory: str


def add(parser: argparse.ArgumentParser) -> None:
    """See Command.add."""
    parser.description = words("server.run_long")
    add_directory(parser)


def request(options: argparse.Namespace) -> RunRequest:
    """See Command.request."""
    return RunRequest(read_directory(options))


def run(request: RunRequest) -> int:
    """Answer until SIGTERM.

    Raises:
        UsageError: There is no server in the directory, or packages are missing.
        ContentError: With all mistakes of ``server.yaml``.
        StoreError: The store can't be used.
        ServerError: The port can't be used, or a worker could not be started.
    """
    from rempart_server.opening import expect_extra

    expect_extra()
    from rempart_server.process import serve

    serve(request.directory)
    return 0
