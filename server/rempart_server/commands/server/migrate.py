"""The command ``rempart server migrate``: the store of an older version gets the layout of this one."""

import argparse
from typing import NamedTuple

from rempart_agent.cli.language import words
from rempart_server.commands.directory import add_directory, read_directory


class MigrateRequest(NamedTuple):
    """A store is to be brought to this version.

    Attributes:
        directory: Of the server.
    """

    directory: str


def add(parser: argparse.ArgumentParser) -> None:
    """See Command.add."""
    parser.description = words("server.migrate_long")
    add_directory(parser)


def request(options: argparse.Namespace) -> MigrateRequest:
    """See Command.request."""
    return MigrateRequest(read_directory(options))


def run(request: MigrateRequest) -> int:
    """Migrate it; one that has the layout already stays as it is.

    Raises:
        UsageError: There is no server, or no store.
        StoreError: It can't be migrated, or is of a newer version.
    """
    from rempart_server.opening import expect_extra
    from rempart_server.settings_file import read_settings
    from rempart_store.connection import HEAD, read_layout
    from rempart_store.store import Store

    expect_extra()
    settings = read_settings(request.directory)
    before = read_layout(settings.place)
    if before == HEAD:
        print(words("server.migrated_already", layout=HEAD))
        return 0
    Store.open(settings.place).close()
    print(words("server.migrated", before=before, layout=HEAD))
    return 0
