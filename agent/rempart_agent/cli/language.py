"""The language in which a command speaks: ``--lang`` where it has that option, else ``REMPART_LANG``, else English."""

import os
from collections.abc import Sequence
from itertools import pairwise

from rempart_core.messages.message import Message, Value
from rempart_core.messages.say import LANGUAGES, say

_chosen = ""


def of_environment() -> str:
    """Return the language that ``REMPART_LANG`` names (``fr``, or as a locale: ``fr_FR.UTF-8``); English else."""
    named = os.environ.get("REMPART_LANG", "")[:2].lower()
    return named if named in LANGUAGES else "en"


def choose(arguments: Sequence[str]) -> None:
    """Choose the language from a command line that is not parsed yet: its help is in that language too."""
    global _chosen  # noqa: PLW0603 - one process speaks one language
    words = [part for argument in arguments for part in (argument.split("=", 1) if "=" in argument else [argument])]
    named = next((after for word, after in pairwise(words) if word == "--lang"), "")
    _chosen = named if named in LANGUAGES else of_environment()


def keep(language: str) -> None:
    """Speak the language that a command's options say; go on with the chosen one for ``""``."""
    global _chosen  # noqa: PLW0603 - the same
    _chosen = language or _chosen


def chosen() -> str:
    """Return the language that was chosen."""
    return _chosen or of_environment()


def words(id_: str, /, **values: Value) -> str:
    """Return a message in the language that was chosen; see ``Message``."""
    return say(Message(id_, **values), chosen())


def option_help(id_: str, /, **values: Value) -> str:
    """Return a message as argparse takes the help of an option, which has a meaning for percent signs."""
    return words(id_, **values).replace("%", "%%")
