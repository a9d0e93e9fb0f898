"""What is forgotten of people: a year after somebody has left, the rows that are about the person go."""

from typing import NamedTuple

from rempart_core.registers.contract import Kind
from rempart_core.registers.register import Register, Registers, State

KEPT_DAYS = 365


class Forgotten(NamedTuple):
    """What is to go.

    Attributes:
        people: Whose rows.
        rows: The numbers of the rows from 0, by register.
        named: People among them whom other rows still name, as a reviewer: they stay in the roster.
        evidence: Files of evidence that no row names any more.
    """

    people: tuple[str, ...]
    rows: dict[str, list[int]]
    named: tuple[str, ...]
    evidence: tuple[str, ...]


def find_forgotten(found: Registers) -> Forgotten:
    """Return what is to go of people who left more than a year ago.

    Args:
        found: The registers; none is malformed.
    """
    roster = found["people"]
    gone = {row["id"] for row in roster.rows if row["left"] and int(row["left_in_days"]) < -KEPT_DAYS}
    present = [one for one in found.registers.values() if one.state is State.PRESENT]
    rows: dict[str, list[int]] = {}
    for register in present:
        subject = register.contract.subject
        if subject and register.name != "people":
            numbers = [number for number, row in enumerate(register.rows) if row[subject] in gone]
            if numbers:
                rows[register.name] = numbers
    named = gone & {name for one in present for name in _list_named(one, set(rows.get(one.name, ())))}
    numbers = [number for number, row in enumerate(roster.rows) if row["id"] in gone - named]
    if numbers:
        rows["people"] = numbers
    return Forgotten(tuple(sorted(gone)), rows, tuple(sorted(named)), _find_evidence(present, rows))


def _list_named(register: Register, dropped: set[int]) -> list[str]:
    """Return the people whom a register still names once some of its rows are gone."""
    columns = [one.name for one in register.contract.columns if one.kind is Kind.PERSON]
    columns += ["dpo"] if register.name == "organisation" else []
    names = [row[column] for number, row in enumerate(register.rows) if number not in dropped for column in columns]
    return [*names, *([register.head.by] if register.head else [])]


def _find_evidence(present: list[Register], rows: dict[str, list[int]]) -> tuple[str, ...]:
    before: set[str] = set()
    after: set[str] = set()
    for register in present:
        dropped = set(rows.get(register.name, ()))
        for number, row in enumerate(register.rows):
            if name := row.get("evidence", ""):
                before.add(name)
                if number not in dropped:
                    after.add(name)
    return tuple(sorted(before - after))
