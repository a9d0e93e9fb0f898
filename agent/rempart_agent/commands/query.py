"""The command ``rempart-agent query``: any question in SQL."""

import argparse
import sys
from typing import Any, NamedTuple

from rempart_agent.cli.base import add_target, images_of, say
from rempart_agent.cli.language import chosen, option_help, words
from rempart_agent.engine import Images
from rempart_core.messages.message import Message
from rempart_core.messages.say import say as in_words

# Exit statuses of `query`: what osqueryi gives, which are SQLite's result codes.
_FAILED = 1
_CONSTRAINT = 19


class QueryRequest(NamedTuple):
    """A question.

    Attributes:
        sql: One or more statements; ``-`` reads standard input.
        images: Image files; None for none.
        root: A directory that holds a root filesystem; None for this machine.
        engine: What answers.
        socket: The extension socket of the osqueryd to ask; ``""`` for the usual one.
        deadline: Seconds for each statement.
        max_rows: Above so many it fails.
        json: Whether rows are printed as osqueryi --json does.
    """

    sql: str
    root: str | None
    images: Images | None
    engine: str
    socket: str
    deadline: float
    max_rows: int
    json: bool


def add(parser: argparse.ArgumentParser) -> None:
    """See Command.add."""
    parser.description = words("command.agent_query_long")
    parser.add_argument("sql", metavar="SQL", nargs="?", default="-", help=option_help("help.statements"))
    parser.add_argument("--json", action="store_true", help=option_help("help.agent_json"))
    parser.add_argument("--max-rows", metavar="N", type=int, default=1_000_000, help=option_help("help.max_rows"))
    add_target(parser)


def request(options: argparse.Namespace) -> QueryRequest:
    """See Command.request."""
    given = vars(options)
    names = [name for name in QueryRequest._fields if name != "images"]
    return QueryRequest(images=images_of(options), **{name: given[name] for name in names})


def run(request: QueryRequest) -> int:
    """Answer SQL; see ``rempart-agent query --help``."""
    from rempart_agent.engines import registry

    sql = sys.stdin.read() if request.sql == "-" else request.sql
    engine = registry.open_engine(
        request.engine, request.socket, request.root, redact=False, say=say, images=request.images
    )
    try:
        rows, failure = engine.records(sql, request.deadline, request.max_rows)
        lacks = failure is not None and failure.kind == "no_table"
        hint = _explain(failure.message, engine) if lacks and failure is not None else None
    finally:
        engine.close()
    if failure is not None:
        print(words("engine.query_failed", said=failure.message), file=sys.stderr)
        if hint:
            print(in_words(hint, chosen()), file=sys.stderr)
        return _CONSTRAINT if failure.kind == "constraint" else _FAILED
    if request.json:
        print_json(rows)
    else:
        print_table(rows)
    return 0


def _explain(message: str, engine: Any) -> Message | None:
    from rempart_agent.engines import absent_table

    name = absent_table.table_of(message)
    return absent_table.explain(name, engine.identity().name) if name else None


def print_json(rows: list[dict[str, str]]) -> None:
    """Print rows in the form of ``osqueryi --json``: a row a line, keys in the order of their names."""
    import json

    from rempart_core.text import quiet_json

    lines = [quiet_json(json.dumps(row, sort_keys=True, ensure_ascii=False, separators=(",", ":"))) for row in rows]
    print("[\n" + ",\n".join("  " + line for line in lines) + "\n]")


def print_table(rows: list[dict[str, str]]) -> None:
    """Print rows for a reader: columns under their names, values made harmless."""
    from rempart_core.text import clean_line

    if not rows:
        print(words("engine.no_rows"), file=sys.stderr)
        return
    names = list(dict.fromkeys(name for row in rows for name in row))
    cells = [[clean_line(row.get(name, "")) for name in names] for row in rows]
    widths = [min(60, max(len(name), *(len(c[i]) for c in cells))) for i, name in enumerate(names)]
    print("  ".join(name.ljust(w) for name, w in zip(names, widths, strict=True)).rstrip())
    print("  ".join("-" * w for w in widths))
    for line in cells:
        print("  ".join(cell.ljust(w) for cell, w in zip(line, widths, strict=True)).rstrip())
