"""The command ``rempart history``."""

import argparse
from typing import NamedTuple

from rempart_agent.cli.language import option_help, words
from rempart_controller.commands.options.output import Output, read_output
from rempart_controller.commands.options.store import add_store, read_store


class HistoryRequest(NamedTuple):
    """What became of a host or a check is asked for.

    Attributes:
        store: Where the store is.
        name: A host's name, or a check's id.
        out: How it is printed.
    """

    store: str
    name: str
    out: Output


def add(parser: argparse.ArgumentParser) -> None:
    """See Command.add."""
    parser.description = words("command.history_long")
    parser.add_argument("name", metavar="HOST|CHECK", help=option_help("help.history_name"))
    parser.add_argument("--json", action="store_true", help=option_help("help.json_object"))
    add_store(parser)


def request(options: argparse.Namespace) -> HistoryRequest:
    """See Command.request."""
    return HistoryRequest(read_store(options), options.name, read_output(options))


def run(request: HistoryRequest) -> int:
    """Print the history of a host or a check."""
    from rempart_reports.views.history import show_history
    from rempart_reports.views.store_json import history_data
    from rempart_store.store import Store

    with Store.open(request.store, create=False) as store:
        found = store.history(request.name)
    if request.out.json:
        request.out.show_json(history_data(found), indent=1)
    else:
        request.out.show(show_history(found, request.out.language))
    return 0
