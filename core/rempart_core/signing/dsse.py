"""The signed envelope: DSSE 1.0.2 (https://github.com/secure-systems-lab/dsse, protocol.md and envelope.md).

``{"payload": …, "payloadType": …, "signatures": [{"keyid": …, "sig": …}]}``: a statement in canonical JSON, as base64;
its media type, ``application/vnd.NAME+json`` where its schema is ``NAME/VERSION``; one signature, Ed25519's over the
"PAE" of both, as base64; and the public key, in hex. What others read too has the media type of its own specification
(:func:`sign_payload`).

0.1.0 signed statements *flat*: the object itself, with ``key`` and ``signature``, hex, over the canonical JSON of the
rest. They hold as before; none is written any more.
"""

import json
from base64 import b64decode, b64encode
from typing import Any, NamedTuple

from rempart_core.json_value import Json, JsonObject
from rempart_core.signing.canonical import canonicalise
from rempart_core.signing.key import Key, is_signed


class Signed(NamedTuple):
    """What an envelope holds.

    Attributes:
        statement: What was signed, without key and signature; empty where it is no object.
        key: The public key that is said to have signed it, in hex.
        right: Whether that key did, and nothing of it can be written in another way.
    """

    statement: JsonObject
    key: str
    right: bool


class Sealed(NamedTuple):
    """An envelope as it came: nothing of its payload is read.

    Attributes:
        kind: The media type of the payload.
        payload: What was signed.
        key: The public key that is said to have signed it, in hex.
        right: Whether that key did.
    """

    kind: str
    payload: bytes
    key: str
    right: bool


def sign_payload(kind: str, payload: bytes, key: Key) -> dict[str, Json]:
    """Return bytes of any media type in an envelope.

    Args:
        kind: The media type.
        payload: What is signed.
        key: What signs.
    """
    return _wrap(payload, kind, key.public, bytes.fromhex(key.sign(encode(kind, payload))))


def unwrap(data: Json) -> Sealed | None:
    """Return an envelope with its payload unread; None where it is none, or is written in another way than ours."""
    if not isinstance(data, dict):
        return None
    try:
        return _unwrap(data)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None


def sign(statement: JsonObject, key: Key) -> dict[str, Json]:
    """Return a statement in an envelope.

    Args:
        statement: An object with a ``schema``, as ``rempart.link/1``.
        key: What signs.

    Raises:
        ValueError: It is not what JSON can hold.
    """
    return sign_payload(_name_type(str(statement["schema"])), canonicalise(statement), key)


def sign_flat(statement: JsonObject, key: Key) -> dict[str, Json]:
    """Return a statement signed as 0.1.0 did, for a reader of that version.

    Args:
        statement: An object without ``key`` and ``signature``, which are put beside it.
        key: What signs.

    Raises:
        ValueError: It is not what JSON can hold.
    """
    flat = {**statement, "key": key.public}
    return {**flat, "signature": key.sign(canonicalise(flat))}


def encode(kind: str, payload: bytes) -> bytes:
    """Return the bytes that are signed: the PAE ("pre-authentication encoding") of protocol.md.

    Args:
        kind: The media type.
        payload: The statement, canonical JSON.
    """
    name = kind.encode()
    return b"DSSEv1 %d %b %d %b" % (len(name), name, len(payload), payload)


def read(data: Json) -> Signed | None:
    """Return what an envelope of either form holds; None where it is none. Whoever takes it looks at its shape."""
    if not isinstance(data, dict):
        return None
    try:
        return _read_envelope(data) if "payload" in data else _read_flat(data)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None


def _unwrap(data: dict[str, Any]) -> Sealed | None:
    (signature,) = data["signatures"]
    payload, raw = b64decode(data["payload"], validate=True), b64decode(signature["sig"], validate=True)
    kind, key = data["payloadType"], signature["keyid"]
    if not isinstance(key, str) or data != _wrap(payload, kind, key, raw):  # which has one way to write it
        return None
    return Sealed(kind, payload, key, is_signed(encode(kind, payload), raw.hex(), key))


def _read_envelope(data: dict[str, Any]) -> Signed | None:
    sealed = _unwrap(data)
    if sealed is None or not sealed.right:
        return sealed and Signed({}, sealed.key, right=False)
    statement = json.loads(sealed.payload)
    right = canonicalise(statement) == sealed.payload and sealed.kind == _name_type(statement["schema"])
    return Signed(statement, sealed.key, right)


def _read_flat(data: dict[str, Any]) -> Signed | None:
    statement = dict(data)
    signature, key = statement.pop("signature"), statement["key"]
    if not isinstance(key, str) or not isinstance(signature, str):
        return None
    message = canonicalise(statement)
    del statement["key"]
    return Signed(statement, key, is_signed(message, signature, key))


def _wrap(payload: bytes, kind: str, key: str, signature: bytes) -> dict[str, Json]:
    signatures = [{"keyid": key, "sig": b64encode(signature).decode()}]
    return {"payload": b64encode(payload).decode(), "payloadType": kind, "signatures": signatures}


def _name_type(schema: str) -> str:
    return f"application/vnd.{schema.partition('/')[0]}+json"
