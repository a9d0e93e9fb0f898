"""What the stand-ins of osqueryd and osqueryi share: SQL over given tables, and tables that extensions serve.

The answers come through our own ``Database``; what is told apart here is what a real osquery does around it: it calls
extensions over Thrift and drops their error status, asks them once for each value of an IN, leaves out constraints
whose value is empty, and has no table of ours by itself.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from osquery.extensions import Extension
from thrift.protocol.TBinaryProtocol import TBinaryProtocol
from thrift.transport.TSocket import TSocket
from thrift.transport.TTransport import TBufferedTransport

from rempart_agent.engines.embedded.engine import TableReader
from rempart_agent.engines.embedded.own_table import OWN_TABLES
from rempart_agent.engines.sql.database import Database, Reader
from rempart_agent.engines.sql.given_rows import CaseReader
from rempart_agent.source.contract import Column, Constraint
from rempart_agent.tables.read import Answer, Request, UnknownTable
from rempart_core.content.casefile import Rows
from rempart_core.model.result import Failure

VERSION = "5.23.0"
_NOT_THERE = {"linux": {"chassis_info"}}  # tables that we have under osquery's name where it has none
_REQUIRED, _ADDITIONAL, _HIDDEN = 2, 4, 16


class Given(CaseReader):
    """Rows that are given, as far as a real osquery has the tables."""

    def __init__(self, tables: Mapping[str, Any], platform: str = "linux") -> None:
        super().__init__(platform, tables, live=True)
        missing = {name for name, rows in tables.items() if isinstance(rows, Failure) and rows.kind == "no_table"}
        self._absent = _NOT_THERE.get(platform, set()) | missing
        self.named = frozenset(tables)
        """The tables that are given by name, be it without rows."""
        lacking = ((name, tuple(getattr(rows, "lacks", ()))) for name, rows in tables.items())
        self.shape = (platform, frozenset(self._absent), frozenset(one for one in lacking if one[1]))
        """What tables and columns there are: of two that have the same, one statement is compiled alike."""

    def names(self) -> Iterable[str]:
        return [n for n in super().names() if not n.startswith("rempart_") and n not in self._absent]


class Live(TableReader):
    """The running machine's tables, as far as a real osquery has them."""

    def __init__(self) -> None:
        from rempart_agent.targets.live import LiveTarget

        super().__init__(LiveTarget(), redact=False, stuck=frozenset(), note=lambda _name: None)

    def names(self) -> Iterable[str]:
        absent = {*OWN_TABLES, *_NOT_THERE["linux"]}
        return [name for name in super().names() if not name.startswith("rempart_") and name not in absent]


class Registry:
    """The extensions that are registered, and the tables that they serve."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.version = 0
        self.extensions: dict[int, Any] = {}
        self.tables: dict[str, tuple[int, list[dict[str, str]]]] = {}
        self._lock = threading.Lock()

    def add(self, info: Any, registry: Mapping[str, Mapping[str, Any]]) -> tuple[int, str]:
        with self._lock:
            if any(known.name == info.name for known in self.extensions.values()):
                return 0, "Duplicate extension registered"
            tables = registry.get("table", {})
            if any(name in self.tables for name in tables):
                return 0, "Failed adding registry broadcast"
            self.version += 1
            number = 1000 + self.version
            self.extensions[number] = info
            for name, routes in tables.items():
                self.tables[name] = (number, routes)
            return number, ""

    def remove(self, number: int) -> bool:
        with self._lock:
            self.version += 1
            self.tables = {name: known for name, known in self.tables.items() if known[0] != number}
            return self.extensions.pop(number, None) is not None

    def call(self, table: str, request: Mapping[str, str]) -> list[dict[str, str]]:
        """Call the extension of a table; one that fails or is not there has no rows, as for osquery."""
        number, _ = self.tables[table]
        transport = TBufferedTransport(TSocket(unix_socket=f"{self.path}.{number}"))
        try:
            transport.open()
            response = Extension.Client(TBinaryProtocol(transport)).call("table", table, request)
        except Exception:  # noqa: BLE001 - osquery catches everything here, too
            return []
        finally:
            transport.close()
        rows: list[dict[str, str]] = response.response or []
        return rows if response.status.code == 0 else []


class Tables:
    """The tables of an osquery; see ``database.Reader``."""

    def __init__(self, given: Reader, registry: Registry, pid: int, version: str = VERSION) -> None:
        self._given = given
        self._registry = registry
        self._own = {
            "osquery_info": [{"pid": pid, "version": version, "config_valid": 1, "extensions": "active"}],
        }

    def names(self) -> Iterable[str]:
        return dict.fromkeys([*self._given.names(), *OWN_TABLES, *self._registry.tables])

    def columns(self, table: str) -> tuple[Column, ...]:
        if table in self._registry.tables:
            return _columns(self._registry.tables[table][1])
        if table in OWN_TABLES:
            return OWN_TABLES[table][0]()
        if table not in self._given.names():
            raise UnknownTable(table)
        return self._given.columns(table)

    def read(self, requests: Sequence[Request]) -> list[Answer]:
        return [self._read(request) for request in requests]

    def _read(self, request: Request) -> Answer:
        if request.table in self._registry.tables:
            return Answer(self._extended(request))
        if request.table in OWN_TABLES:
            given = self._given.read([request])[0] if request.table in self._given.names() else Answer()
            if given.kind or given.rows or request.table in getattr(self._given, "named", ()):
                return given
            own = self._registered() if request.table == "osquery_registry" else self._own.get(request.table, [])
            return Answer(own)
        return self._given.read([request])[0]

    def shape(self) -> tuple[Any, ...] | None:
        """Return what tables and columns there are, to be compared; None where they may be others each time."""
        given = getattr(self._given, "shape", None)
        return (self._registry.version, given) if given else None

    def _registered(self) -> list[dict[str, Any]]:
        return [{"registry": "table", "name": n, "owner_uuid": 0, "internal": 0, "active": 1} for n in self.names()]

    def _extended(self, request: Request) -> list[dict[str, str]]:
        rows: list[dict[str, str]] = []
        for constraints in _one_by_one(request.constraints):
            told = [
                {
                    "name": column.name,
                    "affinity": column.type,
                    "list": [
                        {"op": 2 if c.op == "=" else 65, "expr": value}
                        for c in constraints
                        if c.column == column.name
                        for value in c.values
                        if value
                    ],
                }
                for column in self.columns(request.table)
            ]
            context = json.dumps({"constraints": told, "colsUsed": list(request.columns)})
            rows += self._registry.call(request.table, {"action": "generate", "context": context})
        return [{name: value for name, value in row.items() if name != "rowid"} for row in rows]


def _one_by_one(constraints: tuple[Constraint, ...]) -> Iterable[tuple[Constraint, ...]]:
    for place, constraint in enumerate(constraints):
        if constraint.op == "=" and len(constraint.values) > 1:
            for value in constraint.values:
                one = constraint._replace(values=(value,))
                yield from _one_by_one((*constraints[:place], one, *constraints[place + 1 :]))
            return
    yield constraints


def _columns(routes: Iterable[Mapping[str, str]]) -> tuple[Column, ...]:
    found = []
    for route in routes:
        if route["id"] == "column":
            op = int(route["op"])
            found.append(
                Column(
                    route["name"],
                    route["type"].replace(" ", "_"),
                    argument=bool(op & (_REQUIRED | _ADDITIONAL)),
                    required=bool(op & _REQUIRED),
                    hidden=bool(op & _HIDDEN),
                )
            )
    return tuple(found)


class Shell:
    """SQL as osquery answers it: records of text, or its error message. No rows are kept for the next statement."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables
        self._kept = threading.local()

    def _database(self) -> Database:
        """Return a database of this thread; what was compiled stays for as long as there are the same tables."""
        shape = self._tables.shape()
        known, database = getattr(self._kept, "one", (None, None))
        if database is None or shape is None or shape != known:
            if database is not None:
                database.close()  # thousands of them would stay until the next collection
            database = Database(self._tables)
            self._kept.one = (shape, database)
        database.forget(keep=False)
        return database

    def answer(self, sql: str) -> tuple[list[dict[str, str]], Failure | None]:
        rows, failure = self._database().records(sql, 1_000_000)
        if failure is not None and failure.kind in {"no_table", "no_column"} and "no such" not in failure.message:
            failure = failure._replace(message=f"{failure.kind.replace('no_', 'no such ')}: {failure.message}")
        return rows, failure

    def columns(self, sql: str) -> tuple[str, ...]:
        return self._database().explain(sql)[0]


def read_given(text: str) -> Given:
    """Return the tables that ``write_given`` wrote."""
    told = json.loads(text)
    tables: dict[str, Any] = {}
    for name, given in told["tables"].items():
        if isinstance(given, list):
            tables[name] = given
        elif "kind" in given:
            tables[name] = Failure(given["kind"], given["message"])
        else:
            tables[name] = Rows(given["rows"])
            tables[name].lacks = tuple(given["lacks"])
    return Given(tables, told["platform"])


def write_given(tables: Mapping[str, Any], platform: str = "linux") -> str:
    """Return given tables as a JSON text."""
    plain: dict[str, Any] = {}
    for name, given in tables.items():
        if isinstance(given, Failure):
            plain[name] = given._asdict()
        elif getattr(given, "lacks", ()):
            plain[name] = {"rows": given, "lacks": given.lacks}
        else:
            plain[name] = given
    return json.dumps({"platform": platform, "tables": plain})
