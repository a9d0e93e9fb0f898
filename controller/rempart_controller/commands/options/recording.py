"""The options about what is remembered and proven."""

import argparse

from rempart_agent.cli.base import OptionGroup
from rempart_agent.cli.language import option_help, words
from rempart_controller.recording.open_recorder import Recording


def add_memory(parser: OptionGroup) -> None:
    """Add the options of an audit that is to be remembered."""
    memory = parser.add_argument_group(words("help.group_remembered"))
    memory.add_argument(
        "--store",
        metavar="FILE|URL",
        nargs="?",
        const="",
        help=option_help("help.store_record"),
    )
    memory.add_argument(
        "--sign",
        action="store_true",
        help=option_help("help.sign"),
    )
    memory.add_argument(
        "--keep",
        metavar="DAYS",
        type=_days,
        help=option_help("help.keep"),
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
