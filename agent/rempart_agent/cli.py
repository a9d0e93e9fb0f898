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
    """Run the command and return its exit status; without arguments, as the installed command, end the process."""
    status = guard(lambda: _main(arguments))
    return leave(status) if arguments is None else status


class HelpFormatter(argparse.HelpFormatter):
    """Knows its width without ``shutil`` (2 ms of every start)."""

    def __init__(self, prog: str) -> None:
        """Format for the width of the terminal, 80 columns where there is none."""
        try:
            width = int(os.environ.get("COLUMNS", "")) or 80
        except ValueError:
            try:
                width = os.get_terminal_size(sys.__stdout__.fileno()).columns if sys.__stdout__ else 80
            except (OSError, ValueError):
                width = 80
        super().__init__(prog, width=width - 2)


class LaidOutHelpFormatter(HelpFormatter, argparse.RawDescriptionHelpFormatter):
    """Keeps examples as they are laid out."""


class Parser(argparse.ArgumentParser):
    """An argument parser that formats by :class:`HelpFormatter` where nothing else is said."""

    def __init__(self, **options: Any) -> None:
        """See ``argparse.ArgumentParser``."""
        options.setdefault("formatter_class", HelpFormatter)
        super().__init__(**options)


def leave(status: int) -> int:
    """End the process with a status, without taking the interpreter down piece by piece (5 ms of an audit's 100).

    Everything that must be let go of has been: the commands close what they open.
    """
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except OSError:
        return status
    os._exit(status)


def guard(command: Any) -> int:
    """Run a command and return its exit status; say errors on standard error, one line each, and never a traceback."""
    if sys.platform == "win32":  # where a pipe has the code page of the system's language, which lacks most of Unicode
        for stream in (sys.stdout, sys.stderr):
            getattr(stream, "reconfigure", lambda **_: None)(encoding="utf-8", errors="replace")
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
    parser = Parser(
        prog="rempart-agent",
        description="Ask this machine, or a root filesystem, through osquery SQL.",
        epilog="Examples:\n"
        '  rempart-agent query "SELECT username, shell FROM users WHERE uid >= 1000"\n'
        "  rempart-agent query --root /mnt/image --json \"SELECT path, mode FROM file WHERE path LIKE '/etc/ssh/%'\"\n"
        "  rempart-agent tables --columns rempart_sshd_config\n"
        "  rempart-agent run --profile server > run.json\n",
        formatter_class=LaidOutHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"rempart-agent {VERSION}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    arguments = sys.argv[1:] if arguments is None else arguments
    wanted = next((a for a in arguments if not a.startswith("-")), "")
    for name, add in _COMMANDS.items():  # only the command that is wanted is described: start-up time is a feature
        if wanted not in _COMMANDS or name == wanted:
            add(commands)
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
        "--engine",
        choices=["auto", "osqueryd", "osqueryi", "embedded"],
        default="auto",
        help="what answers: a running osqueryd, osqueryi, or the embedded engine, which needs neither (default: auto, "
        "the first of these that is there)",
    )
    parser.add_argument(
        "--socket",
        metavar="PATH",
        default="",
        help="the extension socket of the osqueryd to ask (on Windows its pipe), where it is not at its usual place",
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
    parser.add_argument("--json", action="store_true", help="print rows as osqueryi --json does")
    parser.add_argument(
        "--max-rows", metavar="N", type=int, default=1_000_000, help="fail above N rows (default: a million)"
    )
    add_target(parser)
    parser.set_defaults(function=_query)


def _query(options: argparse.Namespace) -> int:
    sql = sys.stdin.read() if options.sql == "-" else options.sql
    engine = open_engine(options.root, redact=False, engine=options.engine, socket=options.socket)
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


def open_engine(
    root: str | None, *, redact: bool = True, engine: str = "auto", socket: str = "", history: Any = None
) -> Any:
    """Return the engine that answers; see ``engines.open_engine``.

    Raises:
        UsageError: the directory does not exist or may not be entered.
        EngineError: the engine can't be had.
    """
    from rempart_agent import engines

    return engines.open_engine(engine, socket, root, redact, _say, history)


def _say(note: str) -> None:
    from rempart_core.text import clean_line

    print(f"rempart: {clean_line(note)}", file=sys.stderr)


def privileged_on(root: str | None) -> bool:
    """Tell whether the embedded engine may read what only root may: as root, or on a root filesystem of the user."""
    if sys.platform == "win32":
        return False
    else:  # noqa: RET505 - what follows a return would be dead to the type checker
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
        help="audit; sign the run document and keep it for the controller, or print it",
        description="Audit this machine. Where the agent is installed (/etc/rempart/agent.yaml is there, or --config "
        "names its file) the run document is signed with this machine's own key and waits in a spool until a "
        "controller has stored it; the exit status is 0, since findings are the controller's to judge. Else, and with "
        "--print or any option below, it is printed (JSON) on standard output. " + audit.EXIT_STATUS,
    )
    parser.add_argument(
        "--config", metavar="FILE", default="", help="the installed agent's file (default: /etc/rempart/agent.yaml)"
    )
    _add_folder(parser)
    parser.add_argument("--print", action="store_true", help="print the run document, though the agent is installed")
    audit.add_options(parser)
    add_target(parser)
    plain = {name: parser.get_default(name) for name in vars(parser.parse_args([]))}
    parser.set_defaults(function=lambda options: _run(options, plain))


def _add_folder(parser: Any) -> None:
    parser.add_argument(
        "--folder", metavar="DIR", default="", help="where key and spool lie (default: /var/lib/rempart/agent)"
    )


def _run(options: argparse.Namespace, plain: dict[str, Any]) -> int:
    from rempart_agent import audit
    from rempart_agent.installed import command

    own = ("config", "folder", "print")
    given = [name for name, value in plain.items() if name not in own and getattr(options, name) != value]
    if options.config or options.folder or (not options.print and not given and command.is_installed()):
        if options.print or given:
            name = (given or ["print"])[0].replace("_", "-")
            raise UsageError(f"--{name} prints what was found: it does not go together with --config and --folder")
        return command.run(options.config, options.folder)
    from rempart_core import document, gate

    run = audit.audit(audit.request_of(options))
    print(document.write(run))
    return gate.exit_status(run, audit.threshold_of(options))


def _add_identity(commands: Any) -> None:
    parser = commands.add_parser(
        "identity",
        help="print the machine id and the public key that a controller has to know",
        description="Print this machine's id (hashed) and the public key of its installed agent, which is made where "
        "there is none: what `rempart agent accept` takes.",
    )
    parser.add_argument("--json", action="store_true", help="as one JSON object")
    _add_folder(parser)
    parser.set_defaults(function=_identity)


def _identity(options: argparse.Namespace) -> int:
    from rempart_agent.installed import command

    return command.identity(options.folder, as_json=options.json)


def _add_deliver(commands: Any) -> None:
    parser = commands.add_parser(
        "deliver",
        help="give a controller the documents that wait (it calls this by itself)",
        description="Give a controller the signed documents that wait, through standard input and output: what "
        "`rempart audit -i` calls over SSH on a host with rempart_agent. Documents that it has stored are taken away.",
    )
    _add_folder(parser)
    parser.set_defaults(function=_deliver)


def _deliver(options: argparse.Namespace) -> int:
    from rempart_agent.installed import command

    return command.deliver(options.folder)


def _add_extension(commands: Any) -> None:
    parser = commands.add_parser(
        "extension",
        help="serve the extra tables to a running osqueryd",
        description="Register with a running osqueryd and serve the rempart_ tables to it until it goes away: what "
        "osqueryd starts by itself where its extensions.load names a program that --write made.",
    )
    parser.add_argument("--socket", metavar="PATH", default="", help="osqueryd's extension socket")
    parser.add_argument(
        "--timeout", metavar="SECONDS", type=_seconds, default=3.0, help="how long to wait for the socket (default: 3)"
    )
    parser.add_argument(
        "--interval", metavar="SECONDS", type=_seconds, default=3.0, help="how often to look whether osqueryd is there"
    )
    parser.add_argument("--verbose", action="store_true", help="say what happens on standard error")
    parser.add_argument(
        "--write",
        metavar="FILE.ext",
        default="",
        help="write the program for osqueryd's extensions.load to FILE.ext, and do nothing else",
    )
    parser.set_defaults(function=_extension)


def _extension(options: argparse.Namespace) -> int:
    from rempart_agent import engines, extension

    if options.write:
        extension.write_script(options.write)
        print(f"{options.write} is written; add that line to osqueryd's extensions.load and restart it")
        return 0
    path = options.socket or engines.usual_socket()
    return extension.serve(path, options.timeout, options.interval, options.verbose)


def _add_compare_engines(commands: Any) -> None:
    from rempart_agent import audit

    parser = commands.add_parser(
        "compare-engines",
        help="judge this machine by two engines, and print where they differ",
        description="Judge this machine by the embedded engine and by a real osquery, and print each check whose state "
        "differs, with both evidences. Exit status: 0 they agree, 1 they differ, 2 wrong usage, 3 an engine can't be "
        "had.",
    )
    parser.add_argument("engine", choices=["osqueryd", "osqueryi"], help="the other engine")
    audit.add_selection(parser)
    parser.add_argument("--socket", metavar="PATH", default="", help="the extension socket of the osqueryd to ask")
    parser.add_argument(
        "--deadline", metavar="SECONDS", type=_seconds, default=20.0, help="how long one statement may take"
    )
    parser.set_defaults(function=_compare_engines)


def _compare_engines(options: argparse.Namespace) -> int:
    from rempart_agent import agreement

    return agreement.compare(options.engine, options, sys.stdout)


_COMMANDS = {
    "query": _add_query,
    "tables": _add_tables,
    "run": _add_run,
    "identity": _add_identity,
    "deliver": _add_deliver,
    "extension": _add_extension,
    "compare-engines": _add_compare_engines,
}
