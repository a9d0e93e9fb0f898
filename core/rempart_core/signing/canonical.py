"""JSON in one form only, so that it can be hashed and signed: RFC 8785, JSON Canonicalization Scheme, by ``rfc8785``.

Whole numbers beyond 2^53, which ECMAScript and so the RFC lack, are written with all their digits: documents may hold
them, and were signed so since 0.1.0.
"""

from typing import Any


def canonicalise(data: object) -> bytes:
    """Return plain data (dictionaries, lists, texts, numbers, true, false, None) as canonical JSON.

    Raises:
        ValueError: A number is infinite or none; half a surrogate pair stands in a text; a key is no text.
    """
    import rfc8785  # which what signs nothing need not wait for

    try:
        return rfc8785.dumps(data)  # type: ignore[arg-type]  # it says itself what it can't write
    except rfc8785.IntegerDomainError:
        return _write(data, rfc8785.dumps)


def _write(data: Any, write: Any) -> bytes:
    """Return data that holds a large number: what holds nothing else is written as the RFC says."""
    if isinstance(data, int) and not isinstance(data, bool):
        return b"%d" % data
    if isinstance(data, dict):
        keys = sorted(data, key=lambda key: key.encode("utf-16-be"))
        return b"{" + b",".join(write(key) + b":" + _write(data[key], write) for key in keys) + b"}"
    if isinstance(data, (list, tuple)):
        return b"[" + b",".join(_write(item, write) for item in data) + b"]"
    return bytes(write(data))
