"""The options that say how something is printed: its language, as JSON."""

import argparse
import json
from collections.abc import Iterable
from typing import NamedTuple

from rempart_agent.cli.base import OptionGroup
from rempart_agent.cli.language import of_environment, option_help
from rempart_core.text import quiet_json


class Output(NamedTuple):
    """How something is printed.

    Attributes:
        language: ``en`` or ``fr``.
        json: For machines.
    """

    language: str = "en"
    json: bool = False

    def show(self, lines: Iterable[str]) -> None:
        """Print lines for a reader."""
        for line in lines:
            print(line)

    def show_json(self, data: object, indent: int | None = None) -> None:
        """Print plain data for machines.

        Args:
            data: What JSON can hold.
            indent: Blanks for each level; None for one line.
        """
        print(quiet_json(json.dumps(data, indent=indent)))


def add_language(parser: OptionGroup) -> None:
    """Add the option of the language."""
    parser.add_argument("--lang", choices=["en", "fr"], default=of_environment(), help=option_help("help.lang"))


def read_output(options: argparse.Namespace) -> Output:
    """Return how something is printed."""
    return Output(getattr(options, "lang", "en"), getattr(options, "json", False))
