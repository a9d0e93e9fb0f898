"""The command ``rempart registers add``: one entry more, and nothing else of the file is touched."""

import argparse
import time
from typing import NamedTuple

from rempart_agent.cli.language import option_help, words
from rempart_controller.commands.mistakes import refuse
from rempart_controller.commands.options.output import add_language
from rempart_controller.commands.registers.desk import add_folder
from rempart_core.error import UsageError
from rempart_core.messages.message import Message
from rempart_core.registers.catalogue import CONTRACTS
from rempart_core.registers.contract import Contract
from rempart_core.registers.entry import add_entry
from rempart_core.suggestion import quoted, suggestion_of

_LISTS = [name for name, one in CONTRACTS.items() if not one.single]


class AddRequest(NamedTuple):
    """An entry is to be added.

    Attributes:
        register: The register's name.
        folder: Where the registers are.
        values: What the entry says, by column.
        by: Who confirms a list that is new, or confirmed with it.
        confirm: Whether the list is confirmed to be complete with it.
    """

    register: str
    folder: str
    values: dict[str, str]
    by: str
    confirm: bool


def add(parser: argparse.ArgumentParser) -> None:
    """See Command.add."""
    parser.description = words("registers_help.add_long", names=", ".join(_LISTS))
    parser.add_argument("register", metavar="REGISTER", help=option_help("registers_help.register"))
    add_folder(parser)
    parser.add_argument("--file", metavar="PATH", default="", help=option_help("registers_help.file"))
    parser.add_argument("--reference", metavar="TEXT", default="", help=option_help("registers_help.reference"))
    parser.add_argument("--by", metavar="PERSON", default="", help=option_help("registers_help.by"))
    parser.add_argument("--confirm", action="store_true", help=option_help("registers_help.confirm"))
    add_language(parser)
    for name in dict.fromkeys(column.name for one in CONTRACTS.values() for column in one.columns):
        if name != "by":
            both = dict.fromkeys([f"--{name.replace('_', '-')}", f"--{name}"])
            parser.add_argument(*both, dest=f"column_{name}", default="", help=argparse.SUPPRESS)


def request(options: argparse.Namespace) -> AddRequest:
    """See Command.request; a register that there is not, and columns that it has not, are told at once."""
    name = options.register.replace("-", "_")
    if name not in _LISTS:
        hint = suggestion_of(name, _LISTS)
        raise UsageError(Message("registers.no_register", name=quoted(options.register), hint=hint))
    contract = CONTRACTS[name]
    given = {
        key.removeprefix("column_"): value.strip()
        for key, value in vars(options).items()
        if key.startswith("column_") and value.strip()
    }
    given |= {"by": options.by} if options.by and "by" in contract.written else {}
    given |= {"evidence": options.file} if options.file else {}
    given |= {"reference": options.reference} if options.reference else {}
    mistakes = [
        Message("registers_command.no_option", name=name, option=_option(one), known=_list_options(contract))
        for one in given
        if one not in contract.written
    ]
    if not given:
        mistakes.append(Message("registers_command.no_values", name=name, known=_list_options(contract)))
    refuse(mistakes)
    ordered = {one: given[one] for one in contract.written if one in given}
    return AddRequest(name, options.folder, ordered, options.by, options.confirm)


def run(request: AddRequest) -> int:
    """Add it where it can be believed.

    Raises:
        ContentError: The register's file, or the roster, holds mistakes.
        UsageError: The entry can't be believed; all that is wrong with it.
    """
    added = add_entry(
        request.folder, request.register, request.values, time.time(), request.by, confirm=request.confirm
    )
    print(words("registers_command.added", file=added.file, row=added.row))
    return 0


def _option(column: str) -> str:
    return "--file" if column == "evidence" else f"--{column.replace('_', '-')}"


def _list_options(contract: Contract) -> str:
    needed = [_option(one.name) for one in contract.columns if one.required]
    other = [f"[{_option(one.name)}]" for one in contract.columns if not one.required]
    proof = ["--file | --reference"] if contract.evidence else []
    return " ".join([*needed, *other, *proof])
