"""Reads a folder of registers: every mistake of every file at once, and what can be believed of each.

A file that holds a mistake is malformed as a whole: half a list would pass for a whole one. A row that can be read and
not be believed says so in its column ``trouble``.
"""

import os
from collections.abc import Collection

from rempart_core.error import Mistake
from rempart_core.messages.message import Message
from rempart_core.registers.catalogue import CONTRACTS
from rempart_core.registers.cell import age_of, is_future
from rempart_core.registers.confined import RefusedError, read_whole
from rempart_core.registers.contract import Contract
from rempart_core.registers.csv_rows import CsvRows
from rempart_core.registers.decoding import UnreadableError, decode
from rempart_core.registers.files import Files, find_files
from rempart_core.registers.heads import HEAD, read_head, read_heads
from rempart_core.registers.judging import MOST, Evidence, RowJudge, suggest_person
from rempart_core.registers.raw import Place, Raw, RawRow
from rempart_core.registers.register import Head, Register, Registers, Row, State
from rempart_core.registers.retention import KEPT_DAYS
from rempart_core.registers.yaml_rows import YamlRows
from rempart_core.suggestion import quoted

_MOST_PER_CENT = 2
_LONGEST = 400
"""Days after which a headcount, or the confirmation of a list that may be empty, says nothing of today."""
_HEADS_JUDGED = frozenset({"breaches", "alerts", "signers", "acceptances", "applicability"})
"""Lists that may be empty, whose age a check judges, or whose entries have an end of their own."""


def read_registers(folder: str, now: int) -> Registers:
    """Return all registers of a folder.

    Args:
        folder: The folder.
        now: The moment against which ages are counted, in seconds since 1970.

    Raises:
        UsageError: The folder can't be read.
    """
    files = find_files(folder)
    reader = _FolderReader(folder, now, files)
    found = reader.read()
    mistakes = [*reader.mistakes, *(one for register in found.values() for one in register.mistakes)]
    return Registers(folder, now, found, tuple(sorted(dict.fromkeys(mistakes), key=lambda one: one[:3])))


class _FolderReader:
    """Reads the files of one folder, the roster first."""

    def __init__(self, folder: str, now: int, files: Files) -> None:
        self._folder = folder
        self._now = now
        self._files = files
        self._evidence = Evidence(folder)
        self._people: Collection[str] | None = None
        self._found: dict[str, Register] = {}
        self._heads = read_heads(folder, files)
        self._places: dict[str, tuple[str, Place]] = {}
        self.mistakes = [*files.mistakes, *self._heads.mistakes]

    def read(self) -> dict[str, Register]:
        """Read all."""
        for name, contract in CONTRACTS.items():
            register = self._read_one(contract)
            if name == "people":
                if register.state is State.PRESENT:
                    self._people = {row["id"] for row in register.rows}
                register = _compare_headcount(register, self._found["organisation"], self._now)
            if name == "phishing":
                register = _compare_teams(register, self._found["people"])
            missing = tuple(one for one in contract.needs if self._found[one].state is not State.PRESENT)
            self._found[name] = register._replace(missing=missing)
        return {name: self._weigh_head(register) for name, register in self._found.items()}

    def _read_one(self, contract: Contract) -> Register:
        name = contract.name
        if name in self._files.double:
            both = tuple(
                one for one in self._files.mistakes if os.path.basename(one.file).split(".")[0].lower() == name
            )
            return Register(name, contract, State.MALFORMED, self._files.names[name], mistakes=both)
        file = self._files.names.get(name, "")
        if not file:
            return Register(name, contract, State.MISSING)
        try:
            text = decode(read_whole(self._folder, os.path.basename(file)), file)
        except RefusedError as error:
            return Register(name, contract, State.MALFORMED, file, mistakes=(Mistake(file, 0, 0, error.message),))
        except UnreadableError as error:
            mistakes = tuple(Mistake(file, *found) for found in error.found)
            return Register(name, contract, State.MALFORMED, file, mistakes=mistakes)
        return self._read_rows(contract, file, CsvRows(text) if file.endswith(".csv") else YamlRows(text))

    def _read_rows(self, contract: Contract, file: str, source: Raw) -> Register:
        judge = RowJudge(contract, file, self._now, self._people, self._evidence)
        rows = [judge.judge(raw) for raw in source.rows()]
        for found in source.found:
            judge.report(*found)
        broken = bool(source.found)
        if contract.single:
            rows = [] if source.head is None else [judge.judge(source.head, HEAD)]
            if source.has_rows:
                judge.report(1, 1, Message("registers.single"))
        elif not source.has_rows and not broken:
            judge.report(1, 1, Message("registers.no_entries"))
        head_row = source.head
        if isinstance(source, CsvRows):
            head_row = self._heads.rows.get(contract.name)
        head = None if broken else self._read_head(contract, judge, head_row, isinstance(source, CsvRows))
        mistakes = (*judge.mistakes, *(self._heads.mistakes if isinstance(source, CsvRows) else ()))
        if mistakes or head is None:
            told = tuple(judge.troubles)
            return Register(contract.name, contract, State.MALFORMED, file, mistakes=mistakes, troubles=told)
        if not contract.dated:
            age = str(age_of(head.as_of, self._now))
            for row in rows:
                row["age_days"] = age
        if not rows and not contract.may_be_empty:
            judge.doubt(1, 1, Message("registers.empty"))
        trouble = "" if rows or contract.may_be_empty else "empty"
        return Register(
            contract.name, contract, State.PRESENT, file, head, rows, (), tuple(judge.troubles), trouble=trouble
        )

    def _read_head(self, contract: Contract, judge: RowJudge, raw: RawRow | None, apart: bool) -> Head | None:
        """Return the head, or None with a mistake noted.

        Args:
            contract: What the register holds.
            judge: Notes mistakes of the register's own file.
            raw: What was found.
            apart: Whether it stands in another file.
        """
        if raw is None:
            if apart:
                judge.report(0, 0, Message("registers.no_head_csv", name=contract.name))
            else:
                judge.report(1, 1, Message("registers.no_head"))
            return None
        if not contract.single:
            for found in raw.found:
                judge.report(*found)
        head = read_head(raw, alone=apart or not contract.single)
        file = self._heads.file if apart else self._files.names[contract.name]
        if isinstance(head, Head):
            self._places[contract.name] = (file, raw.place)
            return head
        judge.mistakes.extend(Mistake(file, *found) for found in head)
        return None

    def _weigh_head(self, register: Register) -> Register:
        """Return a register whose rows can't be believed where its head can't be."""
        head = register.head
        if head is None:
            return register
        trouble, column, told = register.trouble, "", None
        if is_future(head.as_of, self._now):
            trouble, column = "future_date", "as_of"
            told = Message("registers.future", name="as_of", date=head.as_of)
        elif self._people is not None and head.by not in self._people:
            trouble, column = "unknown_person", "by"
            told = Message("registers.no_person", id=quoted(head.by), hint=suggest_person(head.by, self._people))
        elif _is_outdated(register, head, self._now):
            trouble, column = "outdated", "as_of"
            told = Message("registers.outdated", date=head.as_of)
        if not trouble:
            return register
        value = {"unknown_person": head.by}.get(trouble, head.as_of if column else "")
        rows = [_doubt(row, trouble, value) for row in register.rows]
        more: tuple[Mistake, ...] = ()
        if told is not None:
            file, place = self._places[register.name]
            more = (Mistake(file, *place(column), told),)
        return register._replace(rows=rows, trouble=trouble, troubles=(*more, *register.troubles))


def _is_outdated(register: Register, head: Head, now: int) -> bool:
    """Tell whether nobody has confirmed for long that what the list does not name did not happen."""
    asked = register.contract.may_be_empty and register.name not in _HEADS_JUDGED
    return asked and age_of(head.as_of, now) > _LONGEST


def _doubt(row: Row, trouble: str, value: str) -> Row:
    """Return a row that takes over what is wrong with all of the list, where nothing worse is wrong with it."""
    return row if row["trouble"] else row | {"trouble": trouble, "trouble_value": value}


def _compare_headcount(people: Register, organisation: Register, now: int) -> Register:
    """Return the roster, doubted where it is more than two per cent off the headcount on the headcount's day.

    Who has no day of access is asked by no check, and so is not counted: else nobody would notice.
    """
    if people.state is not State.PRESENT or organisation.state is not State.PRESENT or people.trouble:
        return people
    (said,) = organisation.rows
    day, headcount = said["headcount_date"], int(said["headcount"])
    count = sum(
        1
        for row in people.rows
        if (not row["left"] or row["left"] > day) and row["access_from"] and row["access_from"] <= day
    )
    if age_of(day, now) > _LONGEST:
        old = Message("registers.headcount_old", date=day)
        return _doubt_all(people, "headcount_old", day, Mistake(organisation.file, 1, 0, old))
    if abs(count - headcount) * 100 <= _MOST_PER_CENT * headcount:
        return people
    told = Message("registers.headcount", count=count, headcount=headcount, date=day)
    return _doubt_all(people, "headcount_differs", f"{count} ≠ {headcount}", Mistake(people.file, 1, 0, told))


def _compare_teams(register: Register, people: Register) -> Register:
    """Return a register whose rows are doubted where nobody of the roster is or was in their team.

    Rows that are older than the roster keeps people are left alone: a team that is gone may be forgotten.
    """
    if people.state is not State.PRESENT:
        return register
    teams = {row["team"] for row in people.rows}
    rows, told = [], []
    for row in register.rows:
        team = row["team"]
        unknown = team not in teams and row["age_days"] != "" and int(row["age_days"]) <= KEPT_DAYS
        rows.append(_doubt(row, "unknown_team", team) if unknown else row)
        if unknown:
            message = Message("registers.no_team", team=quoted(team))
            told.append(Mistake(register.file, int(row["line"]), 1, message))
    return register._replace(rows=rows, troubles=(*register.troubles, *told[:MOST]))


def _doubt_all(register: Register, trouble: str, value: str, mistake: Mistake) -> Register:
    rows = [_doubt(row, trouble, value) for row in register.rows]
    return register._replace(rows=rows, trouble=trouble, troubles=(mistake, *register.troubles))
