"""The heads of registers: when a list was last confirmed to be complete, and by whom. CSV files have theirs apart."""

import os
from typing import NamedTuple

from rempart_core.error import Mistake
from rempart_core.messages.message import Message
from rempart_core.registers.catalogue import CONTRACTS
from rempart_core.registers.cell import read_cell
from rempart_core.registers.confined import RefusedError, read_whole
from rempart_core.registers.contract import Column, Kind
from rempart_core.registers.decoding import UnreadableError, decode
from rempart_core.registers.files import HEADS, Files
from rempart_core.registers.raw import Found, RawRow
from rempart_core.registers.register import Head
from rempart_core.registers.yaml_rows import YamlRows
from rempart_core.suggestion import quoted, suggestion_of

HEAD = ("as_of", "by")
_COLUMNS = (Column("as_of", Kind.DATE, required=True), Column("by", Kind.PERSON, required=True))


class Heads(NamedTuple):
    """The heads of CSV files.

    Attributes:
        file: The file that they stand in.
        rows: Them, by register.
        mistakes: What is wrong with the file; nothing of it is used then.
    """

    file: str
    rows: dict[str, RawRow]
    mistakes: list[Mistake]


def read_heads(folder: str, files: Files) -> Heads:
    """Return the heads of CSV files; none where there is no such file.

    Args:
        folder: The folder of registers.
        files: What lies in it.
    """
    found = Heads(os.path.join(folder, HEADS), {}, [])
    if not files.heads:
        return found
    try:
        source = YamlRows(decode(read_whole(folder, HEADS), found.file))
    except RefusedError as error:
        found.mistakes.append(Mistake(found.file, 0, 0, error.message))
        return found
    except UnreadableError as error:
        found.mistakes.extend(Mistake(found.file, *one) for one in error.found)
        return found
    for name, row in source.mappings():
        here = row.place("")
        if name not in CONTRACTS:
            told = Message("registers.no_register", name=quoted(name), hint=suggestion_of(name, CONTRACTS))
            found.mistakes.append(Mistake(found.file, *here, told))
        elif files.names.get(name, ".csv").endswith(".yaml"):
            found.mistakes.append(Mistake(found.file, *here, Message("registers.head_twice", name=name)))
        else:
            found.rows[name] = row
        found.mistakes.extend(Mistake(found.file, *one) for one in row.found)
    found.mistakes.extend(Mistake(found.file, *one) for one in source.found)
    if source.head is not None:
        found.mistakes.extend(Mistake(found.file, *one) for one in source.head.found)
    return found


def read_head(raw: RawRow, *, alone: bool) -> Head | list[Found]:
    """Return the head that stands in a row, or what is wrong with it.

    Args:
        raw: What the file says beside its entries.
        alone: Whether nothing else may stand there.
    """
    found: list[Found] = []
    if alone:
        for name in raw.values:
            if name not in HEAD:
                hint = suggestion_of(name, (*HEAD, "entries"))
                found.append((*raw.place(name), Message("registers.no_head_key", name=quoted(name), hint=hint)))
    values: list[str] = []
    for column in _COLUMNS:
        text = raw.values.get(column.name)
        value = read_cell(column, text) if text else Message("registers.no_head_value", name=column.name)
        if isinstance(value, str):
            values.append(value)
        else:
            told = Message("text.labelled", label=column.name, text=value) if text else value
            found.append((*raw.place(column.name), told))
    return found or Head(*values)
