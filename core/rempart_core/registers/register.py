"""What was read: each register with its state, its head and its rows; one that is missing is no empty one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from rempart_core.error import Mistake
from rempart_core.registers.cell import age_of
from rempart_core.registers.contract import Contract

Row = dict[str, str]
"""The values of a row by column, written and computed; ``""`` for none."""


class State(StrEnum):
    """Whether a register can be asked."""

    MISSING = "missing"
    MALFORMED = "malformed"
    PRESENT = "present"


class Head(NamedTuple):
    """When a list was last confirmed to be complete, and by whom.

    Attributes:
        as_of: The day, as ``2026-11-20``.
        by: The person's id.
    """

    as_of: str
    by: str


class Register(NamedTuple):
    """A register.

    Attributes:
        name: Its name.
        contract: What it holds.
        state: Whether it can be asked.
        file: The file; ``""`` where there is none.
        head: Its head; None where it is missing or malformed.
        rows: Its rows with the computed columns; none where it is missing or malformed.
        mistakes: What makes it malformed.
        troubles: What is wrong with rows or with the whole list although they can be read, each with its place.
        trouble: A code for the whole list: ``empty``, ``future_date`` or ``unknown_person`` (in its head),
            ``headcount_differs``; ``""`` for none.
        missing: The registers that its rows need and that can't be asked: without people nobody can be told.
    """

    name: str
    contract: Contract
    state: State
    file: str = ""
    head: Head | None = None
    rows: Sequence[Row] = ()
    mistakes: tuple[Mistake, ...] = ()
    troubles: tuple[Mistake, ...] = ()
    trouble: str = ""
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Registers:
    """A folder of registers, read at a moment.

    Attributes:
        folder: The folder.
        now: The moment against which ages are counted, in seconds since 1970.
        registers: All that there may be, by name.
        mistakes: All mistakes of all files: no register's, as a name that no register has, and the registers'.
    """

    folder: str
    now: int
    registers: Mapping[str, Register]
    mistakes: tuple[Mistake, ...]

    def __getitem__(self, name: str) -> Register:
        """Return a register by its name."""
        return self.registers[name]

    @property
    def troubles(self) -> list[Mistake]:
        """Return what is wrong with rows of registers that can be read."""
        return [one for register in self.registers.values() for one in register.troubles]

    @property
    def sample(self) -> bool:
        """Tell whether the organisation is an invented one."""
        return any(row["sample"] == "1" for row in self.registers["organisation"].rows)

    def heads(self) -> list[Row]:
        """Return a row for each register that can be asked: its head, and how many rows it has."""
        return [
            {
                "name": one.name,
                "state": one.state.value,
                "as_of": one.head.as_of,
                "by": one.head.by,
                "age_days": str(age_of(one.head.as_of, self.now)),
                "entries": str(len(one.rows)),
                "trouble": one.trouble,
            }
            for one in self.registers.values()
            if one.head is not None
        ]
