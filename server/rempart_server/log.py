"""The log of what people did: each event is signed and names the one before by its hash.

An event is a signed envelope (:mod:`rempart_core.signing.dsse`) with a statement of ``schema``, ``number`` (from 1),
``previous`` (hash of the event before; 64 zeros for the first), ``time`` (seconds since 1970), ``actor``, ``action``,
``subject`` and ``details``. Its hash is the SHA-256 of the envelope's canonical JSON, in hex.
"""

import hashlib
from typing import TYPE_CHECKING

from rempart_core.json_value import Json
from rempart_core.signing import dsse
from rempart_core.signing.canonical import canonicalise
from rempart_core.text import clean_line
from rempart_server.context import Context
from rempart_store.server.event import Event, add_event, read_last

if TYPE_CHECKING:
    from rempart_store.connection import Connection

SCHEMA = "rempart.event/1"
BEGINNING = "0" * 64
_SECRET = frozenset({"code", "cookie", "csrf", "link", "nonce", "password", "secret", "session", "token"})
_LONGEST = 500  # characters of a text that came from elsewhere


def record(connection: "Connection", context: Context, actor: str, action: str, subject: str, **details: str) -> None:
    """Record a deed in the log, in the same transaction as the deed: both are kept, or neither.

    Args:
        connection: In the transaction that writes the deed.
        context: Gives the clock and the key that signs.
        actor: Who does it: an account's name, or ``console:`` and the user of this machine.
        action: What, as ``user.add``.
        subject: To what; a name or a number, never a secret.
        details: What more is to be known.

    Raises:
        ValueError: A detail is named like a secret: a mistake of ours.
    """
    if not _SECRET.isdisjoint(details):
        raise ValueError("a secret has no place in the log")
    number, previous = read_last(connection)
    time = int(context.clock())
    said: dict[str, Json] = {name: _tame(text) for name, text in details.items()}
    statement: dict[str, Json] = {
        "schema": SCHEMA,
        "number": number + 1,
        "previous": previous or BEGINNING,
        "time": time,
        "actor": _tame(actor),
        "action": action,
        "subject": _tame(subject),
        "details": said,
    }
    link = canonicalise(dsse.sign(statement, context.key))
    digest = hashlib.sha256(link).hexdigest()
    add_event(connection, Event(number + 1, time, _tame(actor), action, _tame(subject), link.decode(), digest))


def _tame(text: str) -> str:
    """Return a text as one clean line that is not too long."""
    return clean_line(text)[:_LONGEST]
