"""The command ``rempart server init``: CA, keys, settings, store, and the admin's one-time link."""

import argparse
import os
from typing import NamedTuple

from rempart_agent.cli.language import option_help, words
from rempart_server.commands.directory import add_directory, read_directory


class InitRequest(NamedTuple):
    """A server is to be begun.

    Attributes:
        directory: Where.
        name: The host name by which it is reached.
        store: Where its store is; ``""`` for an SQLite file in its directory.
        certificate: A certificate chain of the user's; ``""`` for one of an own CA.
        key: Its key.
    """

    directory: str
    name: str
    store: str
    certificate: str
    key: str


def add(parser: argparse.ArgumentParser) -> None:
    """See Command.add."""
    parser.description = words("server.init_long")
    parser.add_argument("--name", metavar="NAME", required=True, help=option_help("server.help_name"))
    add_directory(parser)
    parser.add_argument("--store", metavar="URL", default="", help=option_help("server.help_store"))
    parser.add_argument("--cert", metavar="FILE", default="", help=option_help("server.help_certificate"))
    parser.add_argument("--key", metavar="FILE", default="", help=option_help("server.help_key"))


def request(options: argparse.Namespace) -> InitRequest:
    """See Command.request."""
    certificate, key = (os.path.abspath(one) if one else "" for one in (options.cert, options.key))
    return InitRequest(read_directory(options), options.name, options.store, certificate, key)


def run(request: InitRequest) -> int:
    """Make the server's directory, once.

    Raises:
        UsageError: There is a server in it already, and nothing was changed; or what was given can't be used.
        KeyFileError: A key can't be made.
        StoreError: The store can't be made.
    """
    from rempart_server.beginning import Beginning, begin

    begun = begin(Beginning(request.directory, request.name, request.store, request.certificate, request.key))
    if begun.fingerprint:
        print(words("server.init_ca", path=begun.authority, fingerprint=begun.fingerprint))
    print(words("server.init_key", key=begun.key))
    print(words("server.init_link", link=begun.link))
    print(words("server.init_next", directory=request.directory))
    return 0
