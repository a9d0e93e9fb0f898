"""Signed documents out of the store: what a bundle is written from."""

import json
import zlib
from collections.abc import Iterator
from typing import NamedTuple

from sqlalchemy import ColumnElement, Connection, func, select

from rempart_core.signing import compaction
from rempart_core.signing.bundle import Entry, Extent, Margin
from rempart_core.text import clean_line
from rempart_store.schema.row import chunks
from rempart_store.schema.table import forgotten
from rempart_store.schema.table import link as link_table
from rempart_store.schema.table import part as part_table
from rempart_store.schema.table import run as run_table

_BATCH = 200


class Scope(NamedTuple):
    """What of the chain is wanted: links of runs from a moment on, up to a moment, documents of some targets; else all.

    A bundle that ends at a moment is one that was exported then: its head is that of a report of that moment.
    """

    since: int | None = None
    hosts: tuple[str, ...] = ()
    until: int | None = None


def measure(connection: Connection, scope: Scope) -> Extent:
    """Return what a bundle of that scope holds.

    Args:
        connection: In a transaction.
        scope: What is wanted.
    """
    numbers = link_table.c.number
    first = connection.scalar(select(func.min(numbers)).where(*_from(scope))) or 0
    query = select(func.count(), func.max(numbers)).where(numbers >= first, *_up_to(scope.until))
    _, last = connection.execute(query).one()
    links = last - first + 1 if last else 0  # as many as there must be: one that is gone is missed
    if not first or not links:
        return Extent(1, 0, "", 0)
    head = connection.scalar(select(link_table.c.hash).where(numbers == last)) or ""
    kept = select(func.count()).where(
        numbers >= first, numbers <= last, func.length(link_table.c.document) > 0, *_of(scope)
    )
    return Extent(first, links, head, connection.scalar(kept) or 0)


def _from(scope: Scope) -> list[ColumnElement[bool]]:
    return [] if scope.since is None else [link_table.c.time >= scope.since]


def _up_to(at: int | None) -> list[ColumnElement[bool]]:
    if at is None:
        return []
    known = select(func.max(run_table.c.number)).where(run_table.c.ended <= at).scalar_subquery()
    return [link_table.c.run <= known]


def _of(scope: Scope) -> list[ColumnElement[bool]]:
    return [link_table.c.target.in_([clean_line(host) for host in scope.hosts])] if scope.hosts else []


def head_at(connection: Connection, at: int) -> str:
    """Return the hash of the last link that was made by runs that had ended at a moment; ``""`` where there is none.

    Args:
        connection: In a transaction.
        at: The moment, seconds since 1970.
    """
    query = select(link_table.c.hash).where(*_up_to(at)).order_by(link_table.c.number.desc()).limit(1)
    return connection.scalar(query) or ""


def entries(connection: Connection, scope: Scope, extent: Extent) -> Iterator[Entry]:
    """Give the links of a bundle in their order, each with its document where that is kept and wanted.

    Args:
        connection: In a transaction.
        scope: What is wanted.
        extent: What :func:`measure` returned for it.
    """
    parts: dict[str, bytes] = {}
    hosts = {clean_line(host) for host in scope.hosts}
    beyond = extent.first + extent.links
    for begin in range(extent.first, beyond, _BATCH):
        numbers = link_table.c.number
        query = select(link_table).where(numbers >= begin, numbers < min(begin + _BATCH, beyond)).order_by(numbers)
        for row in connection.execute(query):
            if not row.document or (scope.hosts and row.target not in hosts):
                yield Entry(row.link, None, {})
                continue
            try:
                slim = zlib.decompress(row.document)
                names = compaction.names(slim)
                _read_parts(connection, [name for name in names if name not in parts], parts)
                yield Entry(row.link, slim, {name: parts[name] for name in names})
            except (zlib.error, KeyError, TypeError, ValueError):  # as one that is gone: the verifier names it
                yield Entry(row.link, None, {})


def margin(connection: Connection, scope: Scope) -> Margin:
    """Return what a bundle of that scope leaves out on purpose.

    Args:
        connection: In a transaction.
        scope: What is wanted.
    """
    said = connection.scalar(select(forgotten.c.statement).order_by(forgotten.c.before.desc()).limit(1))
    hosts = tuple(sorted({clean_line(host) for host in scope.hosts})) if scope.hosts else None
    return Margin(scope.since, hosts, json.loads(said) if said else None)


def _read_parts(connection: Connection, names: list[str], parts: dict[str, bytes]) -> None:
    for some in chunks(names):
        query = select(part_table.c.digest, part_table.c.content).where(part_table.c.digest.in_(some))
        parts.update((digest, zlib.decompress(content)) for digest, content in connection.execute(query))
