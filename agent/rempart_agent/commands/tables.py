"""The command ``rempart-agent tables``: what can be asked."""

import argparse
from typing import NamedTuple

from rempart_agent.cli.language import option_help, words
from rempart_core.error import UsageError
from rempart_core.messages.message import Message


class TablesRequest(NamedTuple):
    """The tables there are, or the columns of one of them, are asked for.

    Attributes:
        columns: Of which table; ``""`` for the list of tables.
    """

    columns: str


def add(parser: argparse.ArgumentParser) -> None:
    """See Command.add."""
    parser.description = words("command.tables_long")
    parser.add_argument("--columns", metavar="TABLE", help=option_help("help.columns"))


def request(options: argparse.Namespace) -> TablesRequest:
    """See Command.request."""
    return TablesRequest(options.columns or "")


def run(request: TablesRequest) -> int:
    """List tables, or the columns of one.

    Raises:
        UsageError: There is no table of that name.
    """
    from rempart_agent.engines.embedded.own_table import OWN_TABLES
    from rempart_agent.tables import read

    if request.columns:
        name = request.columns
        try:
            columns = OWN_TABLES[name][0]() if name in OWN_TABLES else read.module(name).COLUMNS
        except read.UnknownTable as error:
            from rempart_agent.engines import absent_table

            raise UsageError(
                Message("engine.no_table", table=name, explanation=absent_table.explain(name, "embedded"))
            ) from error
        for column in columns:
            marks = [
                m
                for m in ("required", "argument", "index", "hidden", "secret", "command", "costly")
                if getattr(column, m)
            ]
            print(f"{column.name:24} {column.type:10} {' '.join(marks)}".rstrip())
        return 0
    for name in [*read.names(), *OWN_TABLES]:
        if name in OWN_TABLES:
            offline, about = "full", words("engine.own_table")
        else:
            table = read.module(name)
            offline, about = table.OFFLINE, _about(table.__doc__ or "")
        print(f"{name:24} {offline:5} {about}")
    return 0


def _about(text: str) -> str:
    """Return what the first sentence of a table's docstring says of it."""
    return " ".join(text.split("\n\n", maxsplit=1)[0].split()).partition(": ")[2].rstrip(".")
