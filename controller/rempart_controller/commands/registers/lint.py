"""The command ``rempart registers lint``."""

import argparse
from typing import NamedTuple

from rempart_agent.cli.language import words
from rempart_controller.commands.options.output import add_language
from rempart_controller.commands.registers.desk import add_folder, is_present, read_now
from rempart_core.error import ContentError
from rempart_core.registers.register import Registers


class LintRequest(NamedTuple):
    """Registers are to be held against the rules.

    Attributes:
        folder: Where they are.
    """

    folder: str


def add(parser: argparse.ArgumentParser) -> None:
    """See Command.add."""
    parser.description = words("registers_help.lint_long")
    add_folder(parser)
    add_language(parser)


def request(options: argparse.Namespace) -> LintRequest:
    """See Command.request."""
    return LintRequest(options.folder)


def run(request: LintRequest) -> int:
    """Say all mistakes of all files at once, exit status 2; else what the registers hold.

    Raises:
        ContentError: There are mistakes.
    """
    found = read_now(request.folder)
    mistakes = [*found.mistakes, *found.troubles]
    if mistakes:
        raise ContentError(mistakes)
    _summarise(found)
    return 0


def _summarise(found: Registers) -> None:
    present = [one for one in found.registers.values() if is_present(one)]
    entries = sum(len(one.rows) for one in present)
    print(
        words("registers_command.sound", count=len(present), entries=words("registers_command.entries", count=entries))
    )
    stated = {one.name: sum(row.get("proof") == "statement" for row in one.rows) for one in present}
    if count := sum(stated.values()):
        names = ", ".join(f"{name} {number}" for name, number in stated.items() if number)
        print(words("registers_command.stated", count=count, names=names))
    missing = [one.name for one in found.registers.values() if not is_present(one)]
    if missing:
        print(words("registers_command.not_kept", names=", ".join(missing)))
    if found.sample:
        print(words("registers_command.invented"))
