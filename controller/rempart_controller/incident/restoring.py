"""The restore of a host after an incident: an entry of register restores that is named, or written.

What an incident knows of it is the host and the record; how old the data was, how long it took and what the limits
are, whoever restored it says.
"""

import time as clock
from collections.abc import Mapping

from rempart_controller.incident.incident_state import Standing
from rempart_core.error import UsageError
from rempart_core.messages.message import Message
from rempart_core.registers.catalogue import CONTRACTS
from rempart_core.registers.cell import read_cell
from rempart_core.registers.entry import add_entry
from rempart_core.registers.register import Registers
from rempart_core.suggestion import quoted, suggestion_of
from rempart_core.timestamps import write_moment

_CONTRACT = CONTRACTS["restores"]
_KNOWN = ("id", "host")
COLUMNS = tuple(one for one in _CONTRACT.written if one not in (*_KNOWN, "sha256"))
"""What can be said of a new entry, each by an option ``--restore-…``."""
_UNKNOWN = tuple(one.name for one in _CONTRACT.columns if one.required and one.name not in (*_KNOWN, "what"))


def name_option(column: str) -> str:
    """Return the option that says a column of a new entry.

    Args:
        column: One of ``COLUMNS``.
    """
    return "--restore-file" if column == "evidence" else f"--restore-{column.replace('_', '-')}"


def list_options(given: Mapping[str, str]) -> str:
    """Return the options that a new entry needs beside those given.

    Args:
        given: What is said, by column.
    """
    return " ".join(name_option(one) for one in _UNKNOWN if not given.get(one))


def settle_restore(folder: str, registers: Registers, found: Standing, id_: str, said: Mapping[str, str]) -> None:
    """See to it that the register has the restore: write it where something is said of it and it is not there.

    Args:
        folder: The folder of registers.
        registers: What they hold.
        found: The incident.
        id_: The restore's.
        said: What is said of a new entry, by column; empty where it is there already.

    Raises:
        ContentError: The register's file holds mistakes.
        UsageError: There is no such restore, it was made before the incident was known, it can't be believed, or the
            register says something else of it.
    """
    rows = {row["id"]: row for row in registers["restores"].rows}
    row = rows.get(id_)
    if row is None and not said:
        hint = suggestion_of(id_, rows)
        raise UsageError(Message("incident_close.no_restore", id=quoted(id_), hint=hint, options=list_options(said)))
    if row is not None:
        _expect_since(found, id_, row["date"])
        other = [name_option(name) for name, text in said.items() if row[name] != _read(name, text)]
        if other:
            raise UsageError(Message("incident_close.other_restore", id=quoted(id_), options=" ".join(other)))
        return
    _expect_since(found, id_, said["date"])
    proof = {} if {"evidence", "reference"} & said.keys() else {"reference": name_record(found)}
    entry = {"id": id_, "what": found.host, "host": found.host, **said, **proof}
    add_entry(folder, "restores", entry, clock.time())


def name_record(found: Standing) -> str:
    """Return the words that name the record of an incident in a register.

    Args:
        found: The incident.
    """
    return f"rempart incident {found.incident}, head {found.record.head}"


def _read(name: str, text: str) -> str:
    column = next((one for one in _CONTRACT.columns if one.name == name), None)
    value = read_cell(column, text) if column else text
    return value if isinstance(value, str) else text


def _expect_since(found: Standing, id_: str, date: str) -> None:
    column = next(one for one in _CONTRACT.columns if one.name == "date")
    day = read_cell(column, date)  # what is no day, the register refuses
    if isinstance(day, str) and day < write_moment(found.aware)[:10]:
        raise UsageError(Message("incident_close.old_restore", id=quoted(id_), date=day))
