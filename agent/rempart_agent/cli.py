"""The command ``rempart-agent``: SQL about a target, the tables there are, and the audit without reports."""

import argparse
import os
import sys
from collections.abc import Sequence
from typing import Any

from rempart_core.error import ContentError, RempartError, UsageError
from rempart_core.version import VERSION

# Exit statuses of `query`: what osqueryi gives, which are SQLite's result codes.
_FAILED = 1
_CONSTRAINT = 19


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit status."""
    return guard(lambda: _main(arguments))


def guard(command: Any) -> int:
    """Run a command and return its exit status; say errors on standard error, one line each, and never a traceback."""
    try:
        status: int = command()
        sys.stdout.flush()
    except ContentError as error:
        from rempart_core.text import clean_line

        count = len(error.mistakes)
        for mistake in error.mistakes:
            print(clean_line(str(mistake)), file=sys.stderr)
        print(f"rempart: {count} mistake{'s' * (count > 1)}", file=sys.stderr)
        return 2
    except RempartError as error:
        from rempart_core.text import clean

        print(f"rempart: {clean(str(error))}", file=sys.stderr)
        return 2 if isinstance(error, UsageError) else 3
    except KeyboardInterrupt:
        print("\nrempart: interrupted; nothing was written", file=sys.stderr)
        return 130
    except BrokenPipeError:
        # Whoever read the output has gone; say nothing and let the interpreter not stumble over it again.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 141
    return status


def _main(arguments: Sequence[str] | None) -> int:
    parser = argparse.ArgumentParser(
        prog="rempart-agent",
        description="Ask this machine, or a root filesystem, through osquery SQL.",
        epilog="Examples:\n"
        '  rempart-agent query "SELECT username, shell FROM users WHERE uid >= 1000"\n'
        "  rempart-agent query --root /mnt/image --json \"SELECT path, mode FROM file WHERE path LIKE '/etc/ssh/%'\"\n"
        "  rempart-agent tables --columns rempart_sshd_config\n"
        "  rempart-agent run --profile server > run.json\n",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"rempart-agent {VERSION}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    _add_query(commands)
    _add_tables(commands)
    _add_run(commands)
    options = parser.parse_args(arguments)
    status: int = options.function(options)
    return status


def add_target(parser: Any) -> None:
    """Add the options that say what is looked at."""
    parser.add_argument(
        "--root",
        metavar="DIR",
        help="look at the root filesystem in DIR (a mounted image, a chroot, an unpacked container) instead of this "
        "machine; no path or link leaves it",
    )
    parser.add_argument(
        "--deadline",
        metavar="SECONDS",
        type=_seconds,
        default=20.0,
        help="how long one statement may take (default: 20)",
    )


def _seconds(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not 0 < value <= 86_400:
        raise argparse.ArgumentTypeError(f"{text!r}: give a number of seconds above 0")
    return value


def _add_query(commands: Any) -> None:
    parser = commands.add_parser(
        "query",
        help="answer SQL, as a table or as JSON",
        description="Answer SQL about this machine or a root filesystem. Without SQL, or with '-', it is read from "
        "standard input. Exit status: 0 answered (no rows are an answer too), 1 the statement or a source failed, 19 a "
        "required column is not constrained, as osqueryi's.",
    )
    parser.add_argument("sql", metavar="SQL", nargs="?", default="-", help="one or more statements")
    parser.add_argument("--engine", choices=["embedded"], default="embedded", help="what answers (default: embedded)")
    parser.add_argument("--json", action="store_true", help="print rows as osqueryi --json does")
    parser.add_argument(
        "--max-rows", metavar="N", type=int, default=1_000_000, help="fail above N rows (default: a million)"
    )
    add_target(parser)
    parser.set_defaults(function=_query)


def _query(options: argparse.Namespace) -> int:
    sql = sys.stdin.read() if options.sql == "-" else options.sql
    engine = open_engine(options.root, redact=False)
    try:
        rows, failure = engine.records(sql, options.deadline, options.max_rows)
    finally:
        engine.close()
    if failure is not None:
        from rempart_core.text import clean

        print(f"Error: {clean(failure.message)}", file=sys.stderr)
        return _CONSTRAINT if failure.kind == "constraint" else _FAILED
    if options.json:
        print_json(rows)
    else:
        print_table(rows)
    return 0


def open_engine(root: str | None, *, redact: bool = True) -> Any:
    """Return the embedded engine on this machine, or on a root filesystem.

    Raises:
        UsageError: the directory does not exist or may not be entered; the machine is no Linux.
    """
    from rempart_agent.engines.embedded import Embedded

    if root is None:
        if not sys.platform.startswith("linux"):
            raise UsageError("the embedded engine answers for Linux only")
        from rempart_agent.targets.live import LiveTarget

        return Embedded(LiveTarget, privileged=os.geteuid() == 0, redact=redact)
    from rempart_agent.tables.contract import SourceError
    from rempart_agent.targets.root import RootTarget

    try:
        target = RootTarget(root)
    except SourceError as error:
        raise UsageError(f"--root {error}") from error
    return Embedded(lambda: target, privileged=privileged_on(root), redact=redact)


def privileged_on(root: str | None) -> bool:
    """Tell whether a run may read what only root may: as root, or on a root filesystem that the user owns."""
    return os.geteuid() == 0 or (root is not None and os.stat(root).st_uid == os.geteuid())


def print_json(rows: list[dict[str, str]]) -> None:
    """Print rows in the form of ``osqueryi --json``: a row a line, keys in the order of their names."""
    import json

    lines = [json.dumps(row, sort_keys=True, ensure_ascii=False, separators=(",", ":")) for row in rows]
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


def _add_tables(commands: Any) -> None:
    parser = commands.add_parser(
        "tables",
        help="list the tables there are",
        description="List the tables of the embedded engine and what a root filesystem offers of each: full (the same "
        "as a running machine), part (some columns), none (needs a running system).",
    )
    parser.add_argument("--columns", metavar="TABLE", help="list the columns of one table instead")
    parser.set_defaults(function=_tables)


def _tables(options: argparse.Namespace) -> int:
    from rempart_agent.engines.embedded import OWN_TABLES
    from rempart_agent.tables import read

    if options.columns:
        name = options.columns
        try:
            columns = OWN_TABLES[name][0]() if name in OWN_TABLES else read.module(name).COLUMNS
        except read.UnknownTable as error:
            import difflib

            near = difflib.get_close_matches(name, [*read.names(), *OWN_TABLES], 3, 0.5)
            hint = f"; did you mean {', '.join(near)}?" if near else "; `rempart-agent tables` lists them"
            raise UsageError(f"no such table: {name}{hint}") from error
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


def _add_run(commands: Any) -> None:
    from rempart_agent import audit

    parser = commands.add_parser(
        "run",
        help="audit, and print the run document",
        description="Audit this machine or a root filesystem and print the run document (JSON) on standard output. "
        + audit.EXIT_STATUS,
    )
    audit.add_options(parser)
    add_target(parser)
    parser.set_defaults(function=_run)


def _run(options: argparse.Namespace) -> int:
    from rempart_agent import audit
    from rempart_core import document

    run = audit.audit(audit.request_of(options))
    print(document.write(run))
    return audit.exit_status(run, audit.threshold_of(options))
