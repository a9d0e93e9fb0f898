"""The checks that the commands ``rempart checks …`` look after, and the options that choose them."""

import argparse
from collections.abc import Sequence
from typing import NamedTuple

from rempart_agent.cli.base import OptionGroup
from rempart_agent.cli.language import option_help
from rempart_core.content.place import check_directories
from rempart_core.error import UsageError
from rempart_core.messages.message import Message
from rempart_core.model.check import Check
from rempart_core.model.profile import Profile


class Chosen(NamedTuple):
    """Which checks are meant.

    Attributes:
        globs: Ids or areas, as ``DSK-*``; none for all.
        own: Folders of the user's own checks, beside ours.
    """

    globs: tuple[str, ...]
    own: tuple[str, ...]


class Found(NamedTuple):
    """What there is.

    Attributes:
        checks: Those that are meant.
        profiles: All profiles.
        directories: The folders that were read.
    """

    checks: list[Check]
    profiles: list[Profile]
    directories: list[str]


def add_own(parser: OptionGroup) -> None:
    """Add the option that names folders of the user's own checks."""
    parser.add_argument(
        "--checks-dir", metavar="DIR", action="append", default=[], help=option_help("help.checks_dir_beside")
    )


def add_globs(parser: OptionGroup) -> None:
    """Add the options that choose checks."""
    add_own(parser)
    parser.add_argument("globs", metavar="GLOB", nargs="*", help=option_help("help.checks_words"))


def read_chosen(options: argparse.Namespace) -> Chosen:
    """Return which checks are meant."""
    return Chosen(tuple(options.globs), tuple(options.checks_dir))


def find(chosen: Chosen) -> Found:
    """Return the checks that are meant.

    Raises:
        UsageError: A glob names no check.
        ContentError: Checks or profiles hold mistakes.
    """
    from rempart_agent.audit import content_cache

    directories = check_directories(chosen.own)
    content = content_cache.load(directories)
    return Found(_matching(content.checks, chosen.globs), content.profiles, directories)


def _matching(checks: Sequence[Check], globs: tuple[str, ...]) -> list[Check]:
    """Return the checks whose id or area one of the globs names; all where there is none.

    Raises:
        UsageError: a glob names no check.
    """
    from rempart_core.model.selection import matches
    from rempart_core.suggestion import quoted, suggestion_of

    words = [word for text in globs for word in text.split(",") if word]
    for word in words:
        if not any(matches(word, check.id) or matches(word, check.area) for check in checks):
            known = [name for check in checks for name in (check.id, check.area)]
            raise UsageError(
                Message("select.no_match", word=quoted(word), hint=suggestion_of(word, dict.fromkeys(known)))
            )
    return [c for c in checks if not words or any(matches(w, c.id) or matches(w, c.area) for w in words)]
