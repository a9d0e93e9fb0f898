"""JSON in one form only, so that it can be hashed and signed: RFC 8785, JSON Canonicalization Scheme, by ``rfc8785``.

Whole numbers beyond 2^53, which ECMAScript and so the RFC lack, are written with all their digits: documents may hold
them, and were signed so since 0.1.0.
"""

import json
from typing import Any

_EXACT = 1 << 53
_encode = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode


def _is_plain(data: object) -> bool:
    """Tell whether Python's own JSON, its keys sorted, is the RFC's form: it differs in fractions and in key order.

    ECMAScript writes fractions otherwise, and sorts keys by UTF-16, which differs beyond the first plane.
    """
    kind = type(data)
    if kind is str or kind is bool or data is None:
        return True
    if kind is int:
        return -_EXACT < data < _EXACT  # type: ignore[operator]  # it is one
    if kind is dict:
        return all(type(key) is str and key.isascii() and _is_plain(one) for key, one in data.items())  # type: ignore[attr-defined]
    if kind is list or kind is tuple:
        return all(map(_is_plain, data))  # type: ignore[call-overload]
    return False


def canonicalise(data: object) -> bytes:
    """Return plain data (dictionaries, lists, texts, numbers, true, false, None) as canonical JSON.

    Raises:
        ValueError: A number is infinite or none; half a surrogate pair stands in a text; a key is no text.
    """
    if _is_plain(data):
        return _encode(data).encode()

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
