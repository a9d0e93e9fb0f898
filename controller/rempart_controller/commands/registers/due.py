"""The command ``rempart registers due``: what grows too old soon, and what has a day."""

import argparse
from collections.abc import Iterator
from itertools import groupby
from typing import NamedTuple

from rempart_agent.cli.language import option_help, words
from rempart_controller.commands.options.output import add_language
from rempart_controller.commands.registers.desk import add_folder, name_file, read_sound
from rempart_core.content.checkfile import read_checks
from rempart_core.content.place import check_directories
from rempart_core.registers.ageing import PARAMETERS, Due, list_due
from rempart_core.registers.cell import write_day
from rempart_core.registers.register import Registers
from rempart_core.timestamps import read_span

_NAMED = 3
_DAY = 86_400


class DueRequest(NamedTuple):
    """What is due is asked for.

    Attributes:
        folder: Where the registers are.
        within: Days.
    """

    folder: str
    within: int


def add(parser: argparse.ArgumentParser) -> None:
    """See Command.add."""
    parser.description = words("registers_help.due_long")
    add_folder(parser)
    parser.add_argument(
        "--within", metavar="DAYS", type=read_span, default=30, help=option_help("registers_help.within")
    )
    add_language(parser)


def request(options: argparse.Namespace) -> DueRequest:
    """See Command.request."""
    return DueRequest(options.folder, options.within)


def run(request: DueRequest) -> int:
    """Say it, the most urgent first, with the lines of entries.

    Raises:
        ContentError: A register, or a check that says how long an entry lasts, holds mistakes.
    """
    found = read_sound(request.folder)
    dues = list_due(found, _read_limits(), request.within)
    for line in _write(found, dues):
        print(line)
    if not dues:
        print(words("registers_command.nothing_due", count=request.within))
    return 0


def _read_limits() -> dict[str, int]:
    """Return how long entries last, as the checks say that come with Rempart."""
    limits: dict[str, int] = {}
    for check in read_checks(check_directories(())):
        for name, parameter in check.parameters.items():
            if f"{check.id}.{name}" in PARAMETERS and isinstance(parameter.default, int):
                limits[f"{check.id}.{name}"] = parameter.default
    return limits


def _write(found: Registers, dues: list[Due]) -> Iterator[str]:
    """Give a line for what falls on one day in one register."""
    for (days, register, kind), several in groupby(dues, key=lambda one: (one.days, one.register, one.kind)):
        group = list(several)
        day = write_day(found.now + days * _DAY)
        when = _say_when(days)
        what = _say_what(kind, ", ".join(dict.fromkeys(one.subject for one in group[:_NAMED])), len(group) - _NAMED)
        place = name_file(found[register])
        line = group[0].line
        told = words("registers_command.due_of", register=register, what=what.rstrip())
        yield f"{day}  {when}  {told}  ({place}{f':{line}' if line else ''})"


def _say_when(days: int) -> str:
    if days < 0:
        return words("registers_command.overdue", count=-days)
    return words("registers_command.in_days", count=days)


def _say_what(kind: str, names: str, more: int) -> str:
    whom = words("registers_command.and_more", names=names, count=more) if more > 0 else names
    if kind == "confirm":
        return words("registers_command.do_confirm")
    if kind == "renew":
        return words("registers_command.do_renew", names=whom)
    if kind == "notify":
        return words("registers_command.do_notify", names=whom)
    return words("registers_command.do_deadline", names=whom)
