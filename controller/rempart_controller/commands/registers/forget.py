"""The command ``rempart registers forget``: a year after somebody has left, the rows about the person go."""

import argparse
import sys
from typing import NamedTuple

from rempart_agent.cli.language import option_help, words
from rempart_controller.commands.options.output import add_language
from rempart_controller.commands.registers.desk import add_folder, name_file, read_sound
from rempart_core.error import UsageError
from rempart_core.messages.message import Message
from rempart_core.registers.edit import RegisterFile
from rempart_core.registers.retention import find_forgotten


class ForgetRequest(NamedTuple):
    """People who left long ago are to be forgotten.

    Attributes:
        folder: Where the registers are.
        yes: Whether nobody is asked.
    """

    folder: str
    yes: bool


def add(parser: argparse.ArgumentParser) -> None:
    """See Command.add."""
    parser.description = words("registers_help.forget_long")
    add_folder(parser)
    parser.add_argument("--yes", action="store_true", help=option_help("registers_help.yes"))
    add_language(parser)


def request(options: argparse.Namespace) -> ForgetRequest:
    """See Command.request."""
    return ForgetRequest(options.folder, options.yes)


def run(request: ForgetRequest) -> int:
    """Say what goes, ask, and take it out of the files; all edits are made before the first file is written.

    Raises:
        ContentError: A register holds mistakes.
        UsageError: The user does not agree, can't be asked, or a file can't be edited or written.
    """
    found = read_sound(request.folder)
    gone = find_forgotten(found)
    if not gone.rows:
        print(words("registers_command.nobody_forgotten"))
        return 0
    for name, numbers in gone.rows.items():
        print(words("registers_command.forget_rows", file=name_file(found[name]), count=len(numbers)))
    if gone.named:
        print(words("registers_command.still_named", names=", ".join(gone.named)))
    _agree(request, len(gone.people))
    files = []
    for name, numbers in gone.rows.items():
        file = RegisterFile(request.folder, name_file(found[name]))
        file.drop(set(numbers))
        files.append(file)
    for file in files:
        file.save()
    print(words("registers_command.forgotten", count=len(gone.people)))
    if gone.evidence:
        print(words("registers_command.evidence_left", names=", ".join(gone.evidence)))
    print(words("registers_command.git_keeps"))
    return 0


def _agree(request: ForgetRequest, people: int) -> None:
    """Return where the user agrees.

    Raises:
        UsageError: The user does not, or can't be asked.
    """
    if request.yes:
        return
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise UsageError(Message("registers_command.no_yes"))
    sys.stdout.flush()
    sys.stderr.write(words("text.yes_no", question=Message("registers_command.forget_question", count=people)))
    sys.stderr.flush()
    if sys.stdin.readline().strip().lower() not in {"y", "yes", "o", "oui"}:
        raise UsageError(Message("registers_command.not_forgotten"))
