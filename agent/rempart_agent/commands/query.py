"""The commands ``rempart-agent query`` and ``tables``: any question in SQL, and what can be asked."""

import argparse
import sys
from typing import Any

from rempart_agent.cli.base import add_target, say
from rempart_core.error import UsageError

# Exit statuses of `query`: what osqueryi gives, which are SQLite's result codes.
_FAILED = 1
_CONSTRAINT = 19


def add_query(commands: Any) -> None:
    """Add the command ``query``."""
    parser = commands.add_parser(
        "query",
        help="answer SQL, as a table or as JSON",
        description="Answer SQL about this machine or a root filesystem. Without SQL, or with '-', it is read from "
        "standard input. Exit status: 0 answered (no rows are an answer too), 1 the statement or a source failed, 19 a "
        "required column is not constrained, as osqueryi's.",
    )
    parser.add_argument("sql", metavar="SQL", nargs="?", default="-", help="one or more statements")
    parser.add_argument("--json", action="store_true", help="print rows as osqueryi --json does")
    parser.add_argument(
        "--max-rows", metavar="N", type=int, default=1_000_000, help="fail above N rows (default: a million)"
    )
    add_target(parser)
    parser.set_defaults(function=_query)


def _query(options: argparse.Namespace) -> int:
    from rempart_agent.engines import registry

    sql = sys.stdin.read() if options.sql == "-" else options.sql
    engine = registry.open_engine(options.engine, options.socket, options.root, redact=False, say=say)
    try:
        rows, failure = engine.records(sql, options.deadline, options.max_rows)
        hint = _explain(failure.message, engine) if failure is not None and failure.kind == "no_table" else ""
    finally:
        engine.close()
    if failure is not None:
        from rempart_core.text import clean

        print(f"Error: {clean(failure.message)}", file=sys.stderr)
        if hint:
            print(clean(hint), file=sys.stderr)
        return _CONSTRAINT if failure.kind == "constraint" else _FAILED
    if options.json:
        print_json(rows)
    else:
        print_table(rows)
    return 0


def _explain(message: str, engine: Any) -> str:
    from rempart_agent.engines import absent_table

    name = absent_table.table_of(message)
    return absent_table.explain(name, engine.identity().name) if name else ""


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
        print("no rows", file=sys.stderr)
        return
    names = list(dict.fromkeys(name for row in rows for name in row))
    cells = [[clean_line(row.get(name, "")) for name in names] for row in rows]
    widths = [min(60, max(len(name), *(len(c[i]) for c in cells))) for i, name in enumerate(names)]
    print("  ".join(name.ljust(w) for name, w in zip(names, widths, strict=True)).rstrip())
    print("  ".join("-" * w for w in widths))
    for line in cells:
        print("  ".join(cell.ljust(w) for cell, w in zip(line, widths, strict=True)).rstrip())


def add_tables(commands: Any) -> None:
    """Add the command ``tables``."""
    parser = commands.add_parser(
        "tables",
        help="list the tables there are",
        description="List the tables of the embedded engine and what a root filesystem offers of each: full (the same "
        "as a running machine), part (some columns), none (needs a running system).",
    )
    parser.add_argument("--columns", metavar="TABLE", help="list the columns of one table instead")
    parser.set_defaults(function=_tables)


def _tables(options: argparse.Namespace) -> int:
    from rempart_agent.engines.embedded.engine import OWN_TABLES
    from rempart_agent.tables import read

    if options.columns:
        name = options.columns
        try:
            columns = OWN_TABLES[name][0]() if name in OWN_TABLES else read.module(name).COLUMNS
        except read.UnknownTable as error:
            from rempart_agent.engines import absent_table

            raise UsageError(f"no such table: {name}. {absent_table.explain(name, 'embedded')}") from error
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
            offline, about = "full", "what answers here: this engine"
        else:
            table = read.module(name)
            offline, about = table.OFFLINE, _about(table.__doc__ or "")
        print(f"{name:24} {offline:5} {about}")
    return 0


def _about(text: str) -> str:
    """Return what the first sentence of a table's docstring says of it."""
    return " ".join(text.split("\n\n", maxsplit=1)[0].split()).partition(": ")[2].rstrip(".")
