"""Signed envelopes as somebody makes them who has a key, and wants to say something else."""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from pathlib import Path
from typing import Any

from rempart_core.signing import dsse
from rempart_core.signing.canonical import canonicalise
from rempart_core.signing.dsse import Signed
from rempart_core.signing.key import Key


def opened(envelope: Any) -> Signed:
    """Return what an envelope holds: JSON, or what was read of it."""
    signed = dsse.read(json.loads(envelope) if isinstance(envelope, (str, bytes)) else envelope)
    assert signed is not None
    return signed


def said(envelope: Any) -> dict[str, Any]:
    """Return the statement of an envelope, which is signed."""
    signed = opened(envelope)
    assert signed.right
    return signed.statement


def again(envelope: Any, key: Key, **changes: Any) -> dict[str, Any]:
    """Return an envelope's statement, with changes, signed with a key."""
    return dsse.sign({**said(envelope), **changes}, key)


def spoiled(envelope: str | bytes, old: bytes, new: bytes) -> bytes:
    """Return an envelope whose statement somebody has touched who has no key."""
    data = json.loads(envelope)
    payload = b64decode(data["payload"])
    assert old in payload
    return canonicalise({**data, "payload": b64encode(payload.replace(old, new, 1)).decode()})


def spoil_line(path: Path, old: bytes, new: bytes) -> bytes:
    """Do the same to the line of a file that says something, and return what the file holds now."""
    lines = path.read_bytes().splitlines()
    (place,) = [n for n, line in enumerate(lines) if old in b64decode(json.loads(line)["payload"])]
    lines[place] = spoiled(lines[place], old, new)
    path.write_bytes(b"".join(line + b"\n" for line in lines))
    return path.read_bytes()
