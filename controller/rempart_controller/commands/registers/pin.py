"""The command ``rempart registers pin``: the hash of each file of evidence stands beside its name from then on."""

import argparse
import os
from typing import NamedTuple

from rempart_agent.cli.language import option_help, words
from rempart_controller.commands.options.output import add_language
from rempart_controller.commands.registers.desk import (
    add_folder,
    is_present,
    look_at_evidence,
    name_file,
    read_sound,
)
from rempart_core.error import ContentError, Mistake, UsageError
from rempart_core.messages.message import Message
from rempart_core.registers.edit import RegisterFile
from rempart_core.registers.judging import Evidence
from rempart_core.suggestion import quoted, suggestion_of


class PinRequest(NamedTuple):
    """Evidence is to be pinned.

    Attributes:
        folder: Where the registers are.
        changed: Files that were replaced on purpose, by their paths in the folder.
    """

    folder: str
    changed: tuple[str, ...]


def add(parser: argparse.ArgumentParser) -> None:
    """See Command.add."""
    parser.description = words("registers_help.pin_long")
    add_folder(parser)
    parser.add_argument(
        "--changed", metavar="PATH", action="append", default=[], help=option_help("registers_help.changed")
    )
    add_language(parser)


def request(options: argparse.Namespace) -> PinRequest:
    """See Command.request."""
    return PinRequest(options.folder, tuple(options.changed))


def run(request: PinRequest) -> int:
    """Write the hashes that are missing, and those of the files that were named; nothing where a file can't be read.

    Raises:
        ContentError: A file of evidence can't be read, or was replaced and not named.
        UsageError: No entry has a file that was named.
    """
    found = read_sound(request.folder)
    evidence = Evidence(request.folder)
    named = {_inside(request.folder, path): path for path in request.changed}
    known = {
        os.path.normpath(row["evidence"]) for one in found.registers.values() for row in one.rows if row.get("evidence")
    }
    for path, given in named.items():
        if path not in known:
            hint = suggestion_of(path, known)
            raise UsageError(Message("registers_command.no_such_evidence", file=quoted(given), hint=hint))
    mistakes: list[Mistake] = []
    edits: list[tuple[RegisterFile, set[str]]] = []
    for register in filter(is_present, found.registers.values()):
        try:
            differing = look_at_evidence(register, evidence)
        except ContentError as error:
            mistakes += error.mistakes
            continue
        hashes: dict[int, str] = {}
        files: set[str] = set()
        for number, name, digest in differing:
            row = register.rows[number]
            if row["sha256"] and os.path.normpath(name) not in named:
                told = Message("registers.changed", file=name)
                mistakes.append(Mistake(register.file, int(row["line"]), 0, told))
            else:
                hashes[number] = digest
                files.add(name)
        if hashes:
            file = RegisterFile(request.folder, name_file(register))
            file.pin(hashes)
            edits.append((file, files))
    if mistakes:
        raise ContentError(mistakes)
    for file, files in edits:
        file.save()
        for name in sorted(files):
            print(words("registers_command.pinned", file=name, register=os.path.basename(file.path)))
    print(words("registers_command.pinned_count", count=sum(len(files) for _, files in edits)))
    return 0


def _inside(folder: str, path: str) -> str:
    """Return a path in the folder, whether it was given from there or from where the user is."""
    whole = os.path.abspath(path)
    root = os.path.abspath(folder)
    if os.path.exists(path) and os.path.commonpath([whole, root]) == root:
        return os.path.relpath(whole, root)
    return os.path.normpath(path)
