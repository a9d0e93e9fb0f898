"""The options about what is remembered and proven."""

import argparse

from rempart_agent.cli.base import OptionGroup
from rempart_controller.recording.open_recorder import Recording


def add_memory(parser: OptionGroup) -> None:
    """Add the options of an audit that is to be remembered."""
    memory = parser.add_argument_group("what is remembered (nothing, unless it is asked for)")
    memory.add_argument(
        "--store",
        metavar="FILE|URL",
        nargs="?",
        const="",
        help="save the run: in a file of SQLite, or in PostgreSQL (postgresql://host/database; its password comes from "
        "PGPASSWORD or ~/.pgpass). Without a value: $REMPART_STORE, else rempart.db in your data directory",
    )
    memory.add_argument(
        "--sign",
        action="store_true",
        help="keep the whole run document in the store, signed with your key (made on first use) and chained to the "
        "one before; `rempart export` and `rempart verify` prove it",
    )
    memory.add_argument(
        "--keep",
        metavar="DAYS",
        type=_days,
        help="forget what the store knows and is older than so many days, as 400d; what stands now is never forgotten",
    )


def read_recording(options: argparse.Namespace) -> Recording:
    """Return what is to be remembered of an audit; one of a part of the checks says nothing of the others."""
    return Recording(options.store, options.sign, options.keep, not options.checks, options.ends)


def _days(text: str) -> int:
    from rempart_core.timestamps import read_span

    try:
        return read_span(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error
