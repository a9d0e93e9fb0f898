"""The commands that ask the store, and that prove what is in it; what they need is imported when they run."""

import argparse
from collections.abc import Callable
from typing import Any


def _add_language(parser: Any) -> None:
    parser.add_argument("--lang", choices=["en", "fr"], default="en", help="language (default: en)")


def _add_store(parser: Any) -> None:
    parser.add_argument(
        "--store",
        metavar="FILE|URL",
        default="",
        help="the store (default: $REMPART_STORE, else rempart.db in your data directory)",
    )
    _add_language(parser)


_MOMENT = "a run's number, a date (2026-11-25), a time (2026-11-25T13:00), both UTC, or a span (7d, 24h)"


def add_drift(commands: Any) -> None:
    """Add the command ``drift``."""
    parser = commands.add_parser(
        "drift",
        help="say what changed since the run before, or since a day: what got worse first",
        description="Say what changed in the store's fleet, each host by what is last known of it: regressions first, "
        "then hosts that fell silent and new ones. Exit status: 0 nothing got worse, 1 something did, or a check or a "
        "host can't be seen any more, 2 wrong usage, 3 the store can't be read.",
    )
    parser.add_argument("--since", metavar="RUN|DATE", help=f"{_MOMENT} (default: the run before the last)")
    _add_limit(parser)
    parser.add_argument("--json", action="store_true", help="as one JSON object")
    _add_store(parser)
    parser.set_defaults(function=_ask_store("drift"))


def add_history(commands: Any) -> None:
    """Add the command ``history``."""
    parser = commands.add_parser(
        "history",
        help="say since when each finding of a host is open, or what became of a check on each host",
        description="Say what the store knows of a host (its open findings and since when, updates that wait, each "
        "change) or of a check (each host, and each change). Exit status: 0, 2 the name is not known, 3 the store "
        "can't be read.",
    )
    parser.add_argument("name", metavar="HOST|CHECK", help="a host's name, or a check's id, as FWL-01")
    parser.add_argument("--json", action="store_true", help="as one JSON object")
    _add_store(parser)
    parser.set_defaults(function=_ask_store("history"))


def add_fleet(commands: Any) -> None:
    """Add the command ``fleet``."""
    parser = commands.add_parser(
        "fleet",
        help="show the fleet as it stands or stood on a day: findings a host, silent hosts, the age of each answer",
        description="Show how each host stands or stood on a day, worst first, and when it answered last. Exit status: "
        "0, 2 wrong usage, 3 the store can't be read.",
    )
    parser.add_argument("--at", metavar="DATE", help=f"{_MOMENT}; a date means its end (default: now)")
    _add_limit(parser)
    parser.add_argument("--json", action="store_true", help="as JSON lines, a host a line")
    _add_store(parser)
    parser.set_defaults(function=_ask_store("fleet"))


def _add_limit(parser: Any) -> None:
    parser.add_argument(
        "-l",
        "--limit",
        metavar="PATTERN",
        action="append",
        default=[],
        help="only hosts whose name or group is like PATTERN, as web-* or centre-lyon; repeatable, or separated by "
        "commas; !PATTERN leaves out",
    )


def _ask_store(name: str) -> Callable[[argparse.Namespace], int]:
    def ask(options: argparse.Namespace) -> int:
        from rempart_controller.commands import drift as command

        action: Callable[[argparse.Namespace], int] = getattr(command, name)
        return action(options)

    return ask


def add_export(commands: Any) -> None:
    """Add the command ``export``."""
    parser = commands.add_parser(
        "export",
        help="write signed runs and their chain into one file, for an auditor",
        description="Write the signed run documents of the store and their chain into one file, which `rempart verify` "
        "proves without store or network. Exit status: 0, 1 the store lacks a run or a document that it must have, "
        "which is named (the bundle is written all the same), 2 wrong usage or nothing was signed, 3 it failed.",
    )
    parser.add_argument("--out", metavar="BUNDLE", required=True, help="the file; - for standard output")
    parser.add_argument("--since", metavar="RUN|DATE", help=f"only from there on: {_MOMENT}")
    parser.add_argument(
        "--host",
        metavar="HOST",
        action="append",
        default=[],
        help="documents of this host only, repeatable; the links of all others stay, or the chain could not be proven",
    )
    _add_limit(parser)
    _add_store(parser)
    parser.set_defaults(function=_export)


def _export(options: argparse.Namespace) -> int:
    from rempart_controller.commands import export as command

    return command.export(options)


def add_verify(commands: Any) -> None:
    """Add the command ``verify``."""
    parser = commands.add_parser(
        "verify",
        help="prove that a bundle is whole, unchanged and in order, or name its first broken link",
        description="Prove that a bundle of `rempart export` is whole, unchanged and in order: needs neither store nor "
        "network, and the keys that may have signed. Exit status: 0 intact, and all of it signed with a key that was "
        "given, 1 broken, and the first broken link is named, 2 wrong usage, 3 no key was given: it holds in itself, "
        "which proves nothing.",
    )
    parser.add_argument("bundle", metavar="BUNDLE", help="the file; - for standard input")
    parser.add_argument(
        "--key",
        metavar="HEX|FILE",
        action="append",
        default=[],
        help="a public key that must have signed (header, links and documents); repeatable",
    )
    parser.add_argument(
        "--head", metavar="HASH", default="", help="the head that the chain must end in, as a report that you kept says"
    )
    parser.add_argument("--json", action="store_true", help="as one JSON object")
    _add_language(parser)
    parser.set_defaults(function=_verify)


def _verify(options: argparse.Namespace) -> int:
    from rempart_controller.commands import export as command

    return command.verify(options)


COMMANDS: dict[str, Callable[[Any], None]] = {
    "drift": add_drift,
    "history": add_history,
    "fleet": add_fleet,
    "export": add_export,
    "verify": add_verify,
}
