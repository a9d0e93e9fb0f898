"""The signed document behind what a page shows of a host: it holds the whole run as it was judged."""

import json
import zlib
from collections.abc import Iterator

from sqlalchemy import Connection, select

from rempart_core.signing import compaction
from rempart_store.read.fleet_view import HostLine
from rempart_store.schema.row import chunks
from rempart_store.schema.table import link, part, visit


def read_documents(connection: Connection, host: HostLine) -> Iterator[bytes]:
    """Give the documents that may be of a host's visit, the newest first; none where they were not signed or are gone.

    A document of another host of the same name may be among them: whoever reads one compares its target.

    Args:
        connection: Reads.
        host: As :func:`rempart_store.read.fleet_view.find_host` gave it, to somebody who may read it.
    """
    state = host.state
    query = select(visit.c.run, visit.c.asked).where(visit.c.endpoint == host.id, visit.c.time == state.seen)
    row = connection.execute(query).first()
    if row is None or row.asked is not None:  # of some checks only: the page tells of all
        return
    documents = select(link.c.document).where(link.c.run == row.run, link.c.target == state.name)
    documents = documents.where(link.c.time <= state.seen).order_by(link.c.number.desc()).limit(_MOST)
    for packed in connection.scalars(documents):
        if packed:
            try:
                yield _unpack(connection, packed)
            except (zlib.error, KeyError, TypeError, ValueError):  # a damaged one shows nothing; verify names it
                continue


_MOST = 5  # documents of one name in one run


def _unpack(connection: Connection, packed: bytes) -> bytes:
    slim = json.loads(zlib.decompress(packed))
    names = compaction.names_of(slim)
    parts: dict[str, bytes] = {}
    for some in chunks(names):
        query = select(part.c.digest, part.c.content).where(part.c.digest.in_(some))
        parts.update((row.digest, zlib.decompress(row.content)) for row in connection.execute(query))
    return json.dumps(compaction.join(slim, parts), separators=(",", ":")).encode()
