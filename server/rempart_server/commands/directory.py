"""The option that names a server's directory, for each command of the server."""

import argparse
import os

from rempart_agent.cli.language import option_help

VARIABLE = "REMPART_SERVER_DIR"
_FOR_ROOT = "/var/lib/rempart-server"


def add_directory(parser: argparse.ArgumentParser) -> None:
    """Add ``--dir`` and ``--lang``."""
    from rempart_controller.commands.options.output import add_language

    parser.add_argument("--dir", metavar="DIR", dest="directory", default="", help=option_help("server.help_dir"))
    add_language(parser)


def read_directory(options: argparse.Namespace) -> str:
    """Return the server's directory: what was given, ``REMPART_SERVER_DIR``, or the usual one."""
    return os.path.abspath(options.directory or os.environ.get(VARIABLE) or _usual())


def _usual() -> str:
    from rempart_store.location import data_directory

    if hasattr(os, "geteuid") and os.geteuid() == 0:
        return _FOR_ROOT
    return os.path.join(data_directory(), "server")
