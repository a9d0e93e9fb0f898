"""What the actions of ``rempart registers`` share: the folder, and the registers in it."""

import argparse
import os
import time

from rempart_agent.cli.language import option_help
from rempart_core.error import ContentError, Mistake
from rempart_core.messages.message import Message
from rempart_core.registers.judging import Evidence
from rempart_core.registers.reader import read_registers
from rempart_core.registers.register import Register, Registers, State


def add_folder(parser: argparse.ArgumentParser) -> None:
    """Add the folder of registers."""
    parser.add_argument("folder", metavar="DIR", help=option_help("registers_help.folder"))


def read_now(folder: str) -> Registers:
    """Return the registers of a folder as they are now.

    Raises:
        UsageError: There is no such folder.
    """
    return read_registers(folder, int(time.time()))


def read_sound(folder: str) -> Registers:
    """Return the registers of a folder in which no file is malformed.

    Raises:
        UsageError: There is no such folder.
        ContentError: A file is malformed; all mistakes of all files.
    """
    found = read_now(folder)
    if found.mistakes:
        raise ContentError(list(found.mistakes))
    return found


def is_present(register: Register) -> bool:
    """Tell whether a register has a file that can be read."""
    return register.state is State.PRESENT


def look_at_evidence(register: Register, evidence: Evidence) -> list[tuple[int, str, str]]:
    """Return the rows whose evidence has no hash or another one: their number, the file, and its hash.

    Args:
        register: A register that can be read.
        evidence: The files of the folder.

    Raises:
        ContentError: Files that can't be read; all of them.
    """
    found: list[tuple[int, str, str]] = []
    mistakes: list[Mistake] = []
    for number, row in enumerate(register.rows):
        name = row.get("evidence", "")
        if not name:
            continue
        digest = evidence.hash(name)
        if not isinstance(digest, str):
            told = Message("registers.evidence", file=name, told=digest.message)
            mistakes.append(Mistake(register.file, int(row["line"]), 0, told))
        elif digest != row["sha256"]:
            found.append((number, name, digest))
    if mistakes:
        raise ContentError(mistakes)
    return found


def name_file(register: Register) -> str:
    """Return the name of a register's file in the folder."""
    return os.path.basename(register.file)
