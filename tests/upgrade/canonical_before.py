"""Canonical JSON as 0.1.0 wrote it, kept to hold the present one against it.

Source: RFC 8785, JSON Canonicalization Scheme: no white space, keys in the order of their UTF-16 code units, numbers as
ECMAScript writes them (ECMA-262, Number::toString), text as UTF-8 with the shortest escapes. Whole numbers beyond 2^53,
which ECMAScript lacks, are written with all their digits.
"""

from json.encoder import encode_basestring
from typing import Any


def canonicalise(data: Any) -> bytes:
    """Return plain data (dictionaries, lists, texts, numbers, true, false, None) as canonical JSON.

    Raises:
        ValueError: A number is infinite or none; half a surrogate pair stands in a text.
    """
    return write_text(data).encode()


def write_text(data: Any) -> str:
    """Return the same as text, in which half a surrogate pair is not refused yet."""
    pieces: list[str] = []
    _write(data, pieces.append)
    return "".join(pieces)


def _write(data: Any, put: Any) -> None:
    if isinstance(data, str):
        put(encode_basestring(data))
    elif data is None:
        put("null")
    elif data is True:
        put("true")
    elif data is False:
        put("false")
    elif isinstance(data, int):
        put(str(data))
    elif isinstance(data, float):
        put(_write_float(data))
    elif isinstance(data, dict):
        separator = "{"
        for key in data if _in_order(data) else sorted(data, key=_rank):
            put(f"{separator}{encode_basestring(key)}:")
            separator = ","
            _write(data[key], put)
        put("{}" if separator == "{" else "}")
    elif isinstance(data, (list, tuple)):
        separator = "["
        for item in data:
            put(separator)
            separator = ","
            _write(item, put)
        put("[]" if separator == "[" else "]")
    else:
        raise ValueError(f"{type(data).__name__} is nothing that JSON knows")


def _in_order(data: dict[str, Any]) -> bool:
    """Tell whether the keys stand in their order already; ASCII alone, where code points and units are the same."""
    before = ""
    for key in data:
        if key < before or not key.isascii():
            return False
        before = key
    return True


def _rank(key: str) -> bytes:
    return key.encode("utf-16-be")


def _write_float(number: float) -> str:
    """Return a number as ``Number::toString`` does: Python's digits are the same, the exponent's form is not."""
    if number != number or number in (float("inf"), float("-inf")):  # noqa: PLR0124 - NaN is not itself
        raise ValueError("no number of JSON")
    if number == 0:
        return "0"
    sign = "-" if number < 0 else ""
    mantissa, _, exponent = repr(abs(number)).partition("e")
    whole, _, fraction = mantissa.partition(".")
    fraction = "" if fraction == "0" else fraction
    digits = (whole + fraction).lstrip("0")
    point = len(whole) + int(exponent or 0)  # where the decimal point stands, counted from the first digit
    point -= len(whole + fraction) - len(digits)
    digits = digits.rstrip("0")
    count = len(digits)
    if count <= point <= 21:
        return sign + digits + "0" * (point - count)
    if 0 < point <= 21:
        return f"{sign}{digits[:point]}.{digits[point:]}"
    if -6 < point <= 0:
        return f"{sign}0.{'0' * -point}{digits}"
    power = f"e{'+' if point > 0 else '-'}{abs(point - 1)}"
    return f"{sign}{digits[0]}{'.' + digits[1:] if count > 1 else ''}{power}"
