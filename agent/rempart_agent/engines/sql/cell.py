"""The value of a cell of a table, as SQLite takes it: osquery's rules for what a column of its type holds."""

from typing import Any

from rempart_agent.engines.sql import function

INT64 = 1 << 63
"""Whole numbers of SQLite are below it, and not below its negative."""


def as_text(value: Any) -> str:
    """Return what a text column holds: an unset one is empty."""
    if isinstance(value, str):  # a reason is more than that, and SQL need not know
        return str(value) if value.isascii() else _encodable(str(value))
    return "" if value is None else function.sql_text(value)


def _encodable(text: str) -> str:
    try:
        text.encode()
    except UnicodeEncodeError:  # a file name that is no UTF-8
        return text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    return text


def as_integer(value: Any) -> int | None:
    """Return what a column of whole numbers holds; None for what is no number."""
    if value.__class__ is not int:
        try:
            text = str(value).strip()
            octal = len(text) > 1 and text[0] == "0" and text[1:].isdigit()
            value = int(text, 8 if octal else 0)  # osquery detects the base
        except ValueError:
            return None
    return value if -INT64 <= value < INT64 else None


def as_real(value: Any) -> float | None:
    """Return what a column of numbers holds; None for what is no number."""
    try:
        return float(value)
    except (TypeError, ValueError):
        return None
