"""One entry more in a register: what can't be believed is refused, and nothing else of the file is touched."""

import os
from typing import NamedTuple

from rempart_core.error import ContentError, UsageError
from rempart_core.messages.message import Message
from rempart_core.messages.message import mistakes as in_lines
from rempart_core.registers.catalogue import CONTRACTS
from rempart_core.registers.cell import write_day
from rempart_core.registers.contract import Contract
from rempart_core.registers.edit import RegisterFile, write_beside
from rempart_core.registers.judging import Evidence, RowJudge
from rempart_core.registers.raw import Places, RawRow
from rempart_core.registers.reader import read_registers
from rempart_core.registers.register import Registers, Row, State
from rempart_core.registers.yaml_edit import write_row
from rempart_core.suggestion import quoted


class Added(NamedTuple):
    """What was added.

    Attributes:
        file: The register's file.
        row: The entry, as a file in YAML has it.
    """

    file: str
    row: str


def add_entry(
    folder: str, name: str, values: dict[str, str], now: float, by: str = "", *, confirm: bool = False
) -> Added:
    """Add an entry at the end of a register; a register that is not there is begun.

    Args:
        folder: The folder of registers.
        name: The register's.
        values: What the entry says, by column; ``evidence`` is a path in the folder, its hash is written beside it.
        now: The moment, in seconds since 1970.
        by: Who confirms a list that is new, or confirmed with it; ``""`` for whoever confirmed the organisation.
        confirm: Whether the list is confirmed to be complete with it.

    Raises:
        ContentError: The register's file, or the roster, holds mistakes.
        UsageError: The entry can't be believed, with all that is wrong with it; or the file can't be written.
    """
    contract = CONTRACTS[name]
    found = read_registers(folder, int(now))
    broken = [one for needed in (name, *contract.needs) for one in found[needed].mistakes]
    if broken:
        raise ContentError(broken)
    whole = _judge(contract, values, found, Evidence(folder))
    register = found[name]
    if register.state is State.MISSING:
        path = os.path.join(folder, f"{name}.yaml")
        head = f"as_of: {write_day(now)}\nby: {_confirmed_by(found, by)}\n"
        write_beside(path, f"# {name}: docs/registers.md\n{head}entries:\n  - {write_row(whole)}\n".encode())
        return Added(path, write_row(whole))
    file = RegisterFile(folder, os.path.basename(register.file))
    file.append(whole)
    heads = file.confirm({"as_of": write_day(now), "by": _confirmed_by(found, by)}) if confirm else file
    file.save()
    if heads is not file:
        heads.save()
    return Added(register.file, write_row(whole))


def _confirmed_by(found: Registers, given: str) -> str:
    head = found["organisation"].head
    if not given and head is None:
        raise UsageError(Message("registers.by_whom"))
    return given or (head.by if head else "")


def _judge(contract: Contract, given: dict[str, str], found: Registers, evidence: Evidence) -> dict[str, str]:
    """Return the values in the order of the columns, with the hash of the evidence.

    Raises:
        UsageError: They can't be believed; all that is wrong with them.
    """
    values = {name: given[name] for name in (*contract.written, *given) if given.get(name)}
    if "evidence" in values:
        digest = evidence.hash(values["evidence"])
        if isinstance(digest, str):
            values["sha256"] = digest
    roster = found["people"]
    if "people" in contract.needs and roster.state is not State.PRESENT:
        raise UsageError(Message("registers.no_roster"))
    people = {row["id"] for row in roster.rows} if roster.state is State.PRESENT else None
    judge = RowJudge(contract, "", found.now, people, evidence)
    row = judge.judge(RawRow(0, values, Places({}, (0, 0))))
    told = [one.message for one in (*judge.mistakes, *judge.troubles)]
    key = _key(contract, row)
    if not told and key and key in {_key(contract, one) for one in found[contract.name].rows}:
        told.append(Message("registers.there_already", key=quoted(", ".join(key)), name=contract.name))
    if told:
        raise UsageError(in_lines(told))
    return values


def _key(contract: Contract, row: Row) -> tuple[str, ...]:
    return tuple(row[name] for name in contract.key)
