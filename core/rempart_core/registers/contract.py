"""The contract of a register: its columns, its key, what of it is personal, and what else its rows need to be judged.

A register is a list that people keep in a file, ``NAME.yaml`` or ``NAME.csv``; its rows become those of the table
``org_NAME``. A register is one :class:`Contract` in ``contracts/`` and a line in ``catalogue.py``.
"""

from enum import StrEnum
from typing import NamedTuple


class Kind(StrEnum):
    """What may stand in a column."""

    TEXT = "text"
    ID = "id"
    PERSON = "person"
    TEAM = "team"
    DATE = "date"
    DUE = "due"
    TIME = "time"
    DUE_TIME = "due_time"
    COUNT = "count"
    FLAG = "flag"
    CHOICE = "choice"


DATES = frozenset({Kind.DATE, Kind.DUE})
TIMES = frozenset({Kind.TIME, Kind.DUE_TIME})
FACTS = frozenset({Kind.DATE, Kind.TIME})
"""What has happened: it can't lie in the future."""

EVIDENCE = ("evidence", "sha256", "reference")
"""The columns of what proves a row: a file in the folder with its hash, or a text that names what lies elsewhere."""


class Column(NamedTuple):
    """A column.

    Attributes:
        name: Its name, as files and SQL have it.
        kind: What may stand in it.
        required: Whether each row says it.
        choices: The words that may be written, of a column of choices.
        personal: Whether it says something of a person that reports keep to themselves.
    """

    name: str
    kind: Kind
    required: bool = False
    choices: tuple[str, ...] = ()
    personal: bool = False


class Contract(NamedTuple):
    """A register.

    Attributes:
        name: Its name: that of the file, and of the table behind ``org_``.
        controls: The organisational controls that ask it.
        columns: Its columns, in the order in which ``add`` writes them.
        key: The columns that tell its rows apart; empty where rows may be alike.
        dated: The column from which ``age_days`` is counted; ``""`` for the day on which the list was confirmed.
        evidence: Whether a row says what proves it.
        unproven: Whether a row may go without: it says by itself what has not been done yet.
        may_be_empty: Whether an empty list is an answer.
        single: Whether it has one row, whose columns stand in the head.
        subject: The column with the person whom a row is about: it goes when the person is forgotten; ``""`` for none.
    """

    name: str
    controls: tuple[str, ...]
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    dated: str = ""
    evidence: bool = True
    unproven: bool = False
    may_be_empty: bool = False
    single: bool = False
    subject: str = ""

    @property
    def needs(self) -> tuple[str, ...]:
        """Return the registers without which its rows can't be judged: they name people, and people are counted."""
        if self.name == "organisation":
            return ()
        if self.name == "people":
            return ("organisation",)
        return ("people", "organisation") if any(one.kind is Kind.PERSON for one in self.columns) else ()

    @property
    def written(self) -> tuple[str, ...]:
        """Return the names of columns that a file may have."""
        return tuple(one.name for one in self.columns) + (EVIDENCE if self.evidence else ())

    @property
    def sql_columns(self) -> tuple[tuple[str, str], ...]:
        """Return the columns of its table with their types in SQL: those that are written, then the computed ones."""
        whole = (Kind.COUNT, Kind.FLAG)
        written = [(one.name, "INTEGER" if one.kind in whole else "TEXT") for one in self.columns]
        if self.evidence:
            written += [(name, "TEXT") for name in (*EVIDENCE, "proof")]
        written += [(f"{one.name}_in_days", "INTEGER") for one in self.columns if one.kind is Kind.DUE]
        written += [(f"{one.name}_epoch", "INTEGER") for one in self.columns if one.kind in TIMES]
        return (
            *written,
            ("age_days", "INTEGER"),
            ("trouble", "TEXT"),
            ("trouble_value", "TEXT"),
            ("line", "INTEGER"),
        )


def required(name: str, kind: Kind = Kind.TEXT, *choices: str, personal: bool = False) -> Column:
    """Return a column that each row says.

    Args:
        name: Its name.
        kind: What may stand in it.
        choices: The words that may, of a column of choices.
        personal: Whether it says something of a person.
    """
    return Column(name, kind, required=True, choices=choices, personal=personal or kind is Kind.PERSON)


def optional(name: str, kind: Kind = Kind.TEXT, *choices: str, personal: bool = False) -> Column:
    """Return a column that a row may leave out.

    Args:
        name: Its name.
        kind: What may stand in it.
        choices: The words that may, of a column of choices.
        personal: Whether it says something of a person.
    """
    return Column(name, kind, choices=choices, personal=personal or kind is Kind.PERSON)
