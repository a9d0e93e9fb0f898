"""SQL over the registers of an organisation, and over what machines and incidents showed of the same.

Registers are small and lie here: the statements are answered in this process, by the embedded database. A register that
nobody keeps fails the read as ``not_kept``, one that holds mistakes as ``malformed``; neither is an empty list.
"""

import time
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from rempart_agent.engine import DEADLINE, MAX_ROWS, Engine
from rempart_agent.engines.embedded.engine import user_name
from rempart_agent.engines.sql import organisation_tables
from rempart_agent.engines.sql.clock import Clock
from rempart_agent.engines.sql.database import Database
from rempart_agent.engines.sql.virtual_table import ReadError
from rempart_agent.source.contract import Column, Row
from rempart_agent.tables.read import Answer as ReadAnswer
from rempart_agent.tables.read import Request
from rempart_core.messages.message import Message
from rempart_core.model.result import Answer, EngineIdentity, Failure
from rempart_core.registers.register import Register, Registers, State
from rempart_core.version import VERSION

NAME = "registers"


class Live(NamedTuple):
    """What machines and incidents showed.

    Attributes:
        results: The last result of each check on each host: rows of ``org_live``.
        hosts: The hosts: rows of ``org_hosts``.
        incidents: Rows of ``org_incidents``; None where they could not be read.
    """

    results: Sequence[Row] = ()
    hosts: Sequence[Row] = ()
    incidents: Sequence[Row] | None = None


class RegistersReader:
    """Reads registers and live results; see ``database.Reader``."""

    def __init__(self, registers: Registers, live: Live) -> None:
        """Read what was read already.

        Args:
            registers: The registers.
            live: What machines showed.
        """
        self._registers = registers
        self._live: dict[str, Sequence[Row] | None] = {
            "org_live": live.results,
            "org_hosts": live.hosts,
            "org_incidents": live.incidents,
            organisation_tables.HEADS: registers.heads(),
        }

    def read(self, requests: Sequence[Request]) -> list[ReadAnswer]:
        """See Reader.read.

        Raises:
            ReadError: A register is not kept, or can't be asked.
        """
        return [organisation_tables.answer(request, self._rows(request.table)) for request in requests]

    def columns(self, table: str) -> tuple[Column, ...]:
        """See Reader.columns."""
        return organisation_tables.columns(table)

    def names(self) -> Iterable[str]:
        """See Reader.names."""
        return organisation_tables.names()

    def _rows(self, table: str) -> Sequence[Row]:
        if table in self._live:
            rows = self._live[table]
            failure = Failure.of("not_kept", Message("organisation.no_incidents"))
            if rows is None:
                raise ReadError(failure)
            return rows
        register = self._registers[table.removeprefix(organisation_tables.PREFIX)]
        found = self._find_failure(register)
        if found is not None:
            raise ReadError(found)
        return register.rows

    def _find_failure(self, register: Register) -> Failure | None:
        """Return why a register can't be asked; None where it can."""
        if register.state is State.MALFORMED:
            return _malformed(register)
        if register.state is State.MISSING:
            return _not_kept(register.name)
        for name in register.missing:
            needed = self._registers[name]
            return _malformed(needed) if needed.state is State.MALFORMED else _not_kept(name)
        if register.trouble and register.trouble != "empty" and not register.rows:  # no row can say it
            return Failure.of("implausible", Message("organisation.implausible", name=register.name))
        return None


def _not_kept(name: str) -> Failure:
    roster = name == "people"
    message = Message("organisation.no_roster") if roster else Message("organisation.no_register", name=name)
    return Failure.of("not_kept", message)


def _malformed(register: Register) -> Failure:
    """Return the failure of a register that holds mistakes; what stands there is not repeated: it may name somebody."""
    if not register.mistakes:
        return Failure.of("malformed", Message("organisation.unreadable", name=register.name))
    count, line = len(register.mistakes), str(register.mistakes[0].line or 1)
    return Failure.of("malformed", Message("organisation.malformed", name=register.name, count=count, line=line))


class RegistersEngine(Engine):
    """The embedded database over registers, in this process."""

    def __init__(self, registers: Registers, live: Live) -> None:
        """Get ready; statements see the moment at which the registers were read.

        Args:
            registers: The registers.
            live: What machines showed.
        """
        clock = Clock()
        clock.moment = registers.now
        self._database = Database(RegistersReader(registers, live), clock)

    def identity(self) -> EngineIdentity:
        """See Engine.identity: whoever may read the registers may judge them."""
        return EngineIdentity(NAME, VERSION, user_name(), privileged=True)

    def query(self, sql: str, deadline: float = DEADLINE, max_rows: int = MAX_ROWS) -> Answer:
        """See Engine.query."""
        began = time.perf_counter()
        answer = self._database.query(sql, max_rows, deadline)
        return answer._replace(seconds=time.perf_counter() - began)

    def close(self) -> None:
        """See Engine.close."""
        self._database.close()
