"""What an agent says of itself when it enrols with a server: signed, so that nobody enrols a key that is not his.

A signed envelope (:mod:`rempart_core.signing.dsse`) with the statement ``schema``, ``machine_id`` (hashed), ``name``,
``platform``, ``system``, ``version`` and ``secret``: SHA-256 of the group's secret, ``""`` without one, so that what
was signed is of no use with another secret.
"""

import hashlib
import re
from typing import NamedTuple

from rempart_core.json_value import Json, JsonObject
from rempart_core.signing import dsse
from rempart_core.signing.key import Key

SCHEMA = "rempart.enrolment/1"
_LONGEST = 255
_HEX = re.compile(r"[0-9a-f]{64}")
_KEYS = 7  # of a statement


class Enrolment(NamedTuple):
    """Who wants to be known.

    Attributes:
        machine_id: Of the machine, hashed.
        name: What the host is called.
        platform: ``linux``.
        system: The operating system.
        version: Of Rempart.
    """

    machine_id: str
    name: str
    platform: str
    system: str
    version: str


def sign(one: Enrolment, secret: str, key: Key) -> dict[str, Json]:
    """Return an enrolment, signed.

    Args:
        one: The enrolment.
        secret: The group's secret; ``""`` for none.
        key: The machine's own.
    """
    return dsse.sign({"schema": SCHEMA, **one._asdict(), "secret": _digest(secret)}, key)


def read(envelope: Json, secret: str) -> tuple[str, Enrolment] | None:
    """Return the public key that signed, in hex, and what it signed; None where that is no enrolment.

    Args:
        envelope: What came; nothing of it is believed.
        secret: The secret that came beside it.
    """
    signed = dsse.read(envelope)
    if signed is None or not signed.right:
        return None
    one = _enrolment_of(signed.statement, secret)
    return (signed.key, one) if one is not None else None


def _enrolment_of(statement: JsonObject, secret: str) -> Enrolment | None:
    match statement:
        case {
            "schema": str(schema),
            "machine_id": str(machine_id),
            "name": str(name),
            "platform": str(platform),
            "system": str(system),
            "version": str(version),
            "secret": str(digest),
        } if schema == SCHEMA and len(statement) == _KEYS and digest == _digest(secret):
            texts = (machine_id, name, platform, system, version)
            plain = all(len(text) <= _LONGEST and text.isprintable() for text in texts)
            if plain and name and _HEX.fullmatch(machine_id):
                return Enrolment(*texts)
    return None


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest() if secret else ""
