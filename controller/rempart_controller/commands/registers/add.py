"""The command ``rempart registers add``: one entry more, and nothing else of the file is touched."""

import argparse
import os
from typing import NamedTuple

from rempart_agent.cli.language import option_help, words
from rempart_controller.commands.mistakes import refuse
from rempart_controller.commands.options.output import add_language
from rempart_controller.commands.registers.desk import (
    add_folder,
    confirmed_by,
    is_present,
    name_file,
    read_now,
    today,
)
from rempart_core.error import ContentError, Mistake, UsageError
from rempart_core.messages.message import Message
from rempart_core.registers.catalogue import CONTRACTS
from rempart_core.registers.contract import Contract
from rempart_core.registers.edit import RegisterFile, write_beside
from rempart_core.registers.judging import Evidence, RowJudge
from rempart_core.registers.raw import Places, RawRow
from rempart_core.registers.register import Registers, Row, State
from rempart_core.registers.yaml_edit import write_row
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
    found = read_now(request.folder)
    contract = CONTRACTS[request.register]
    register = found[request.register]
    broken = [one for name in (request.register, *contract.needs) for one in found[name].mistakes]
    if broken:
        raise ContentError(broken)
    evidence = Evidence(request.folder)
    values = _judge(request, contract, found, evidence)
    if register.state is State.MISSING:
        path = os.path.join(request.folder, f"{request.register}.yaml")
        write_beside(path, _begin(found, request, values).encode())
    else:
        file = RegisterFile(request.folder, name_file(register))
        file.append(values)
        if request.confirm:
            file.confirm({"as_of": today(), "by": confirmed_by(found, request.by)})
        file.save()
        path = register.file
    print(words("registers_command.added", file=path, row=write_row(values)))
    return 0


def _judge(request: AddRequest, contract: Contract, found: Registers, evidence: Evidence) -> dict[str, str]:
    """Return the values with the hash of the evidence.

    Raises:
        UsageError: They can't be believed; all that is wrong with them.
    """
    values = dict(request.values)
    if "evidence" in values:
        digest = evidence.hash(values["evidence"])
        if isinstance(digest, str):
            values["sha256"] = digest
    roster = found["people"]
    if "people" in contract.needs and not is_present(roster):
        raise UsageError(Message("registers_command.no_roster"))
    people = {row["id"] for row in roster.rows} if is_present(roster) else None
    judge = RowJudge(contract, "", found.now, people, evidence)
    row = judge.judge(RawRow(0, values, Places({}, (0, 0))))
    told: list[Mistake] = [*judge.mistakes, *judge.troubles]
    if not told and contract.key and _key(contract, row) in {_key(contract, one) for one in found[contract.name].rows}:
        key = quoted(", ".join(_key(contract, row)))
        told.append(Mistake("", 0, 0, Message("registers_command.there_already", key=key, name=contract.name)))
    refuse([one.message for one in told])
    return values


def _key(contract: Contract, row: Row) -> tuple[str, ...]:
    return tuple(row[name] for name in contract.key)


def _begin(found: Registers, request: AddRequest, values: dict[str, str]) -> str:
    """Return the text of a register that begins with an entry."""
    head = f"as_of: {today()}\nby: {confirmed_by(found, request.by)}\n"
    return f"# {request.register}: docs/registers.md\n{head}entries:\n  - {write_row(values)}\n"


def _option(column: str) -> str:
    return "--file" if column == "evidence" else f"--{column.replace('_', '-')}"


def _list_options(contract: Contract) -> str:
    needed = [_option(one.name) for one in contract.columns if one.required]
    other = [f"[{_option(one.name)}]" for one in contract.columns if not one.required]
    proof = ["--file | --reference"] if contract.evidence else []
    return " ".join([*needed, *other, *proof])
