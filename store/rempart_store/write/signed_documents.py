"""Signed documents in the store: links, and documents packed without what many share."""

import time as clock
import zlib

from sqlalchemy import Connection, select, update

from rempart_core.model.history import RunNumber
from rempart_core.model.result import Run
from rempart_core.signing.chain import BEGINNING, seal
from rempart_core.signing.compaction import Compactor
from rempart_core.signing.key import Key
from rempart_core.text import clean_line
from rempart_store.schema.row import Cell, add_rows, chunks
from rempart_store.schema.table import link as link_table
from rempart_store.schema.table import part as part_table

_BATCH = 100
AHEAD = 3600
"""Seconds by which the use of a part is noted ahead, so that it is not written anew with each document that has it."""
_HEAD = select(link_table.c.number, link_table.c.hash).order_by(link_table.c.number.desc()).limit(1)


def read_head(connection: Connection) -> tuple[int, str]:
    """Return number and hash of the chain's last link: 0 and zeros where there is none."""
    row = connection.execute(_HEAD).first()
    return (row.number, row.hash) if row else (0, BEGINNING)


class Sealing:
    """Signs the documents of one save, one link after the other."""

    def __init__(self, connection: Connection, key: Key, run: RunNumber, compactor: Compactor | None = None) -> None:
        """Go on with the chain of a store.

        Args:
            connection: In a transaction that writes.
            key: What signs.
            run: The number of the run that is saved.
            compactor: Remembers what documents share from one save to the next; None for one of this save alone.
        """
        self._connection = connection
        self._key = key
        self._compactor = compactor or Compactor()
        self._run = run
        self._number, self._head = read_head(connection)
        self._rows: list[dict[str, Cell]] = []
        self._new: dict[str, bytes] = {}
        self._seen: set[str] = set()
        self._uses: dict[str, int] = {}
        self._newest = int(clock.time())

    def add(self, run: Run, time: int) -> None:
        """Sign one document.

        Args:
            run: What the document tells.
            time: When it ended, seconds since 1970.
        """
        self._number += 1
        sealed = seal(run, self._key, self._number, self._head, self._compactor)
        self._head = sealed.hash
        row: dict[str, Cell] = {
            "number": self._number,
            "run": self._run,
            "time": time,
            "target": clean_line(run.target.name),
            "hash": sealed.hash,
            "link": sealed.link,
            "document": zlib.compress(sealed.slim, 3),
        }
        self._rows.append(row)
        self._new.update((digest, part) for digest, part in sealed.parts.items() if digest not in self._seen)
        self._newest = max(self._newest, time)
        if len(self._rows) >= _BATCH:
            self._write()

    def finish(self) -> None:
        """Write the rest."""
        self._write()
        older = sorted(digest for digest, used in self._uses.items() if used < self._newest)
        for some in chunks(older):
            statement = update(part_table).where(part_table.c.digest.in_(some))
            self._connection.execute(statement.values(used=self._newest + AHEAD))

    def _write(self) -> None:
        add_rows(self._connection, link_table, self._rows)
        self._rows = []
        for some in chunks(sorted(self._new)):
            query = select(part_table.c.digest, part_table.c.used).where(part_table.c.digest.in_(some))
            self._uses.update((digest, used) for digest, used in self._connection.execute(query))
        rows: list[dict[str, Cell]] = [
            {"digest": digest, "used": self._newest + AHEAD, "content": zlib.compress(part, 9)}
            for digest, part in self._new.items()
            if digest not in self._uses
        ]
        add_rows(self._connection, part_table, rows)
        self._seen.update(self._new)
        self._new = {}
