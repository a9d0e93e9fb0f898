"""The acceptance of a risk: who takes which level, why and until when, signed; it changes no number.

The computed value at that moment is signed with it, and the one of today stands beside it.
"""

from collections.abc import Collection

from rempart_core.json_value import JsonObject
from rempart_core.messages.message import Message
from rempart_core.risk.assessment import Acceptance
from rempart_core.risk.numbers import LEVELS
from rempart_core.signing import dsse
from rempart_core.signing.canonical import canonicalise
from rempart_core.signing.key import Key
from rempart_core.signing.strict_json import read_object

SCHEMA = "rempart.risk-acceptance/1"
SIZE_LIMIT = 64 * 1024
_DEPTH = 6


def sign(said: Acceptance, key: Key) -> bytes:
    """Return an acceptance in a signed envelope, one line of canonical JSON.

    Args:
        said: What is accepted.
        key: What signs.
    """
    statement: JsonObject = {"schema": SCHEMA, **said._asdict()}
    return canonicalise(dsse.sign(statement, key)) + b"\n"


def prove(data: bytes, said: Acceptance, keys: Collection[str]) -> Message | None:
    """Return why an envelope does not prove what a register says; None where it does.

    Args:
        data: The envelope.
        said: What the register says; what was computed is not looked at.
        keys: Public keys of the person, hex, of which one must have signed.
    """
    try:
        signed = dsse.read(read_object(data, SIZE_LIMIT, _DEPTH))
    except ValueError:
        signed = None
    if signed is None:
        return Message("acceptance.no_envelope")
    if not signed.right:
        return Message("acceptance.signature")
    if signed.key not in keys:
        return Message("acceptance.other_key", key=signed.key, person=said.by)
    if signed.statement.get("schema") != SCHEMA:
        return Message("acceptance.other_type", type=str(signed.statement.get("schema"))[:200])
    for name, value in said._asdict().items():
        if name != "computed" and signed.statement.get(name) != value:
            return Message("acceptance.differs", name=name, signed=str(signed.statement.get(name))[:200], said=value)
    return None if said.level in LEVELS else Message("acceptance.level", level=said.level, known=", ".join(LEVELS))
