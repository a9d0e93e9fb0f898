"""Digests by which hosts are compared, and words that only a host can read which has seen the same.

Both are keyed by a nonce of the plan. What a host has read leaves it as a digest only, and what another host's answers
have led to is sealed with these answers: who answers otherwise can't open it.
"""

import base64
import hashlib
import hmac
import json
from typing import Any, Optional

_SIZE = 32  # bytes of a digest


def digest(nonce: str, value: Any) -> str:
    """Return the digest of a value, keyed."""
    return _sign(nonce.encode(), b"digest", _write(value)).hex()


def seal(nonce: str, seen: Any, value: Any) -> str:
    """Return a value that only who has seen the same can read."""
    key, data = _sign(nonce.encode(), b"key", _write(seen)), _write(value)
    box = _mask(key, data)
    return base64.b64encode(_sign(key, b"tag", box) + box).decode()


def unseal(nonce: str, seen: Any, sealed: str) -> Optional[Any]:
    """Return what was sealed; None where something else was seen."""
    key, whole = _sign(nonce.encode(), b"key", _write(seen)), base64.b64decode(sealed)
    tag, box = whole[:_SIZE], whole[_SIZE:]
    if not hmac.compare_digest(tag, _sign(key, b"tag", box)):
        return None
    return json.loads(_mask(key, box).decode())


def _write(value: Any) -> bytes:
    return json.dumps(value, sort_keys=True).encode()


def _sign(key: bytes, use: bytes, data: bytes) -> bytes:
    return hmac.new(key, use + b"\0" + data, hashlib.sha256).digest()


def _mask(key: bytes, data: bytes) -> bytes:
    """Return data under a stream of the key's own, or data again of what is under it."""
    blocks = range(-(-len(data) // _SIZE))
    stream = b"".join(_sign(key, b"stream", number.to_bytes(8, "big")) for number in blocks)[: len(data)]
    return (int.from_bytes(data, "big") ^ int.from_bytes(stream, "big")).to_bytes(len(data), "big")
