"""The rows of a register: what their cells say, what is wrong with them, and the columns that are computed."""

import re
from collections.abc import Collection
from typing import NamedTuple

from rempart_core.error import Mistake
from rempart_core.messages.message import Message
from rempart_core.registers.cell import age_of, days_until, epoch_of, is_future, read_cell
from rempart_core.registers.confined import RefusedError, hash_file
from rempart_core.registers.contract import EVIDENCE, FACTS, TIMES, Contract, Kind
from rempart_core.registers.contradictions import find_contradictions
from rempart_core.registers.raw import RawRow
from rempart_core.registers.register import Row
from rempart_core.suggestion import quoted, suggestion_of

MOST = 200
_SUGGESTED = 500
_SHA = re.compile("[0-9a-f]{64}", re.ASCII)


class Trouble(NamedTuple):
    """Why a row can't be believed although it can be read.

    Attributes:
        code: As the column ``trouble`` has it.
        column: The column that is meant.
        value: What stands there.
        message: The same in words.
    """

    code: str
    column: str
    value: str
    message: Message


class Evidence:
    """Files of evidence, each hashed once."""

    def __init__(self, folder: str) -> None:
        self._folder = folder
        self._hashes: dict[str, str | RefusedError] = {}

    def hash(self, name: str) -> str | RefusedError:
        """Return the SHA-256 of a file, or why there is none."""
        if name not in self._hashes:
            try:
                self._hashes[name] = hash_file(self._folder, name)
            except RefusedError as error:
                self._hashes[name] = error
        return self._hashes[name]

    def judge(self, name: str, pinned: str) -> Trouble | None:
        """Return what is wrong with a file, or None.

        Args:
            name: Its path in the folder.
            pinned: The hash that the register says; ``""`` where it says none.
        """
        found = self.hash(name)
        if isinstance(found, RefusedError):
            told = Message("registers.evidence", file=name, told=found.message)
            return Trouble(f"evidence_{found.code}", "evidence", name, told)
        if not pinned:
            return Trouble("evidence_unpinned", "evidence", name, Message("registers.unpinned", file=name))
        if pinned != found:
            return Trouble("evidence_changed", "evidence", name, Message("registers.changed", file=name))
        return None


class RowJudge:
    """Makes rows of what a file says."""

    def __init__(
        self, contract: Contract, file: str, now: int, people: Collection[str] | None, evidence: Evidence
    ) -> None:
        """Prepare for one register.

        Args:
            contract: What it holds.
            file: Its name in mistakes.
            now: The moment, in seconds since 1970.
            people: The ids of the roster; None where there is none.
            evidence: The files of the folder.
        """
        self.mistakes: list[Mistake] = []
        self.troubles: list[Mistake] = []
        self._contract = contract
        self._file = file
        self._now = now
        self._people = people
        self._evidence = evidence
        self._columns = {one.name: one for one in contract.columns}
        self._required = [one.name for one in contract.columns if one.required]
        self._facts = [one.name for one in contract.columns if one.kind in FACTS]
        self._persons = [one.name for one in contract.columns if one.kind is Kind.PERSON]
        self._due = [one.name for one in contract.columns if one.kind is Kind.DUE]
        self._times = [one.name for one in contract.columns if one.kind in TIMES]
        self._blank = dict.fromkeys((name for name, _ in contract.sql_columns), "")
        self._read: dict[str, dict[str, str]] = {name: {} for name in contract.written}
        self._future: dict[str, bool] = {}
        self._ages: dict[str, str] = {}
        self._seen: dict[tuple[str, ...], int] = {}

    def report(self, line: int, column: int, message: Message) -> None:
        """Note a mistake, the first some hundred of them.

        Args:
            line: The line.
            column: The column.
            message: What is wrong.
        """
        _note(self.mistakes, Mistake(self._file, line, column, message))

    def doubt(self, line: int, column: int, message: Message) -> None:
        """Note a trouble, the first some hundred of them.

        Args:
            line: The line.
            column: The column.
            message: What is wrong.
        """
        _note(self.troubles, Mistake(self._file, line, column, message))

    def judge(self, raw: RawRow, besides: Collection[str] = ()) -> Row:
        """Return a row with its computed columns; what is wrong is noted.

        Args:
            raw: What the file says.
            besides: Names that are no columns of it but may stand there.
        """
        before = len(self.mistakes)
        for found in raw.found:
            self.report(*found)
        row = self._blank.copy()
        for name, text in raw.values.items():
            read = self._read.get(name)
            value = read.get(text) if read is not None else None
            if value is None:
                value = "" if name in besides else self._read_cell(raw, name, text)
            if name not in besides:
                row[name] = value
        for name in self._required:
            if name not in raw.values:
                self.report(*raw.place(""), Message("registers.missing", name=name))
        row["line"] = str(raw.line)
        self._compute(row)
        troubles = self._find_troubles(row, whole=len(self.mistakes) == before)
        if troubles:
            row["trouble"], row["trouble_value"] = troubles[0].code, troubles[0].value
            for one in troubles:
                if one.code != "no_roster":  # said once, of the roster
                    self.doubt(*raw.place(one.column), one.message)
        return row

    def _read_cell(self, raw: RawRow, name: str, text: str) -> str:
        if name not in self._read:
            hint = suggestion_of(name, self._contract.written)
            self.report(*raw.place(name), Message("registers.no_column", name=quoted(name), hint=hint))
            return ""
        value = self._read_evidence(name, text) if name in EVIDENCE else read_cell(self._columns[name], text)
        if isinstance(value, Message):
            self.report(*raw.place(name), Message("text.labelled", label=name, text=value))
            return ""
        self._read[name][text] = value
        return value

    @staticmethod
    def _read_evidence(name: str, text: str) -> str | Message:
        if name == "sha256":
            lower = text.lower()
            return lower if _SHA.fullmatch(lower) else Message("registers.no_sha256", text=quoted(text))
        return text if text.isprintable() or name == "reference" else Message("registers.no_path", text=quoted(text))

    def _compute(self, row: Row) -> None:
        contract, now = self._contract, self._now
        if contract.evidence:
            row["proof"] = "file" if row["evidence"] else "statement" if row["reference"] else ""
        for name in self._due:
            if row[name]:
                row[f"{name}_in_days"] = str(days_until(row[name], now))
        for name in self._times:
            if row[name]:
                row[f"{name}_epoch"] = str(epoch_of(row[name]))
        if contract.dated and row[contract.dated]:
            day = row[contract.dated][:10]
            age = self._ages.get(day)
            if age is None:
                age = self._ages[day] = str(age_of(day, now))
            row["age_days"] = age

    def _find_troubles(self, row: Row, *, whole: bool) -> list[Trouble]:
        """Return all that is wrong with a row, the worst first.

        Args:
            row: The row.
            whole: Whether all its cells could be read: else nothing is said of a key or a proof that may be one.
        """
        troubles: list[Trouble] = []
        key = tuple([row[name] for name in self._contract.key])
        if key and whole:
            again, line = key in self._seen, int(row["line"])
            first = self._seen.setdefault(key, line)
            if again:  # also on the same line, as lists in brackets may have it
                told = Message("registers.key_twice", key=quoted(", ".join(key)), line=str(first))
                troubles.append(Trouble("duplicate_key", self._contract.key[0], ", ".join(key), told))
        for name in self._persons:
            value = row[name]
            if not value or (self._people is not None and value in self._people):
                continue
            if self._people is None:
                troubles.append(Trouble("no_roster", name, value, Message("text.nothing")))
                continue
            told = Message("registers.no_person", id=quoted(value), hint=suggest_person(value, self._people))
            troubles.append(Trouble("unknown_person", name, value, told))
        for name in self._facts:
            value = row[name]
            if value and self._is_future(value):
                told = Message("registers.future", name=name, date=value)
                troubles.append(Trouble("future_date", name, value, told))
        for name, told in find_contradictions(self._contract.name, row):
            troubles.append(Trouble("contradiction", name, row[name], told))
        if not self._contract.evidence:
            return troubles
        dated = self._contract.dated
        if row["evidence"]:
            wrong = self._evidence.judge(row["evidence"], row["sha256"])
            troubles += [wrong] if wrong and (whole or wrong.code != "evidence_unpinned") else []
        elif whole and not (row["reference"] or self._contract.unproven or (dated and not row[dated])):
            troubles.append(Trouble("evidence_none", "", "", Message("registers.no_evidence")))
        return troubles

    def _is_future(self, value: str) -> bool:
        known = self._future.get(value)
        if known is None:
            known = self._future[value] = is_future(value, self._now)
        return known


def suggest_person(id_: str, people: Collection[str]) -> Message:
    """Return who may have been meant; nobody where the roster is so long that looking takes its time.

    Args:
        id_: What was written.
        people: The ids of the roster.
    """
    return suggestion_of(id_, people) if len(people) < _SUGGESTED else Message("text.nothing")


def _note(noted: list[Mistake], mistake: Mistake) -> None:
    if len(noted) < MOST:
        noted.append(mistake)
    elif len(noted) == MOST:
        noted.append(mistake._replace(message=Message("content.more")))
