"""Parameters: typed values that SQL names as ``:name``.

A value is never pasted as text: :func:`render` turns it into SQL from its declared type, whatever it holds.
"""

import re
from collections.abc import Mapping
from typing import NamedTuple

from rempart_core.messages.message import Message, as_is
from rempart_core.model.sql_parameter import find_tokens
from rempart_core.suggestion import quoted
from rempart_core.text import Text

Value = str | int | list[str | int] | list[list[str | int]]
"""What a parameter may be: a text, a whole number, a list of these, or rows of these."""
Values = Mapping[str, Value]
"""The values of a check's parameters, by their names."""
CheckValues = Mapping[str, Values]
"""Values by check."""

TYPES = ("integer", "text", "list", "rows")

TEXT_LIMIT = 10_000
VALUES_LIMIT = 10_000
"""The most values of any list."""
MAX_ITEMS = 1000
"""The most values of a list that says nothing else (``max_items``): a list that accepts everything is no list."""
_LEAST, _GREATEST = -(2**63), 2**63 - 1  # what SQLite holds as an integer

# Between one of these and a value no space is needed: SQLite's tokenizer parts them.
_PARTED = " \t\n\r\f(),;=<>+*/|%&~"


class Parameter(NamedTuple):
    """One declared parameter of a check.

    Attributes:
        name: ``[a-z][a-z0-9_]*``, as SQL names it behind a colon.
        type: ``integer``, ``text``, ``list`` (of texts or integers) or ``rows`` (a list of rows of such values).
        default: The value where nobody gives one.
        min: The least integer allowed (for a list: of each of its integers); None where there is no bound.
        max: The greatest integer allowed.
        unit: ``days``, ``seconds`` … for the reader.
        title: What it sets.
        columns: For ``rows``: the names of a row's values, which fix their number.
        choices: The values allowed, or empty for any (for a list: of each of its values).
        of: For ``list``: ``text`` or ``integer``, what its values are; ``""`` follows the default (:func:`values_of`).
        max_items: For ``list`` and ``rows``: the most values that it may hold.
        data: The data file that the default was read from, ``data/<name>.yaml``; ``""`` where it stands in the check.
    """

    name: str
    type: str
    default: Value
    title: Text
    min: int | None = None
    max: int | None = None
    unit: str = ""
    columns: tuple[str, ...] = ()
    choices: tuple[str, ...] = ()
    of: str = ""
    data: str = ""
    max_items: int = MAX_ITEMS


def seconds_of(values: Values, name: str, otherwise: float = 0) -> float:
    """Return a whole number among values as seconds; ``otherwise`` where there is none.

    Args:
        values: Values of a check, by name.
        name: The one that is wanted.
        otherwise: In seconds.
    """
    value = values.get(name)
    return float(value) if isinstance(value, int) else otherwise


def values_of(parameter: Parameter) -> str:
    """Return what a list holds: ``text``, ``integer``, or ``""`` for either.

    As declared, else what all values of the default are: a list of ports that is given texts would compare unequal to
    every port, and a check that forbids them would pass in silence.
    """
    if parameter.of or parameter.type != "list" or not isinstance(parameter.default, list) or not parameter.default:
        return parameter.of
    kinds = {type(value) for value in parameter.default}
    return "text" if kinds == {str} else "integer" if kinds == {int} else ""


def validate(parameter: Parameter, value: object) -> Value:
    """Return the value, as its type has it (lists and rows as new lists).

    Args:
        parameter: How it is declared.
        value: Plain data.

    Raises:
        ValueError: It is no value of this parameter; it carries a message that says why in one clear sentence.
    """
    if parameter.type == "integer":
        return _expect_integer(parameter, value)
    if parameter.type == "text":
        return _expect_text(parameter, value)
    if not isinstance(value, list | tuple):
        raise _mismatch(Message("parameter.list", found=_describe(value)))
    if len(value) > parameter.max_items:
        raise ValueError(Message("parameter.too_many", count=str(len(value)), most=str(parameter.max_items)))
    if parameter.type == "list":
        kind = values_of(parameter)
        return [_expect_scalar(parameter, item, kind) for item in value]
    rows = []
    for number, row in enumerate(value, 1):
        width = len(parameter.columns)
        if not isinstance(row, list | tuple):
            found = _describe(row)
            raise _mismatch(Message("parameter.row", width=str(width), row=str(number), found=found))
        if len(row) != width:
            names = ", ".join(parameter.columns)
            said = Message("parameter.row_length", row=str(number), count=str(len(row)), width=str(width), names=names)
            raise ValueError(said)
        rows.append([_expect_scalar(parameter, item, "") for item in row])
    return rows


def _expect_scalar(parameter: Parameter, value: object, kind: str) -> str | int:
    if kind == "text" or (not kind and isinstance(value, str)):
        return _expect_text(parameter, value)
    if kind == "integer" or (isinstance(value, int) and not isinstance(value, bool)):
        return _expect_integer(parameter, value)
    raise _mismatch(Message("parameter.scalar", found=_describe(value)))


def _expect_integer(parameter: Parameter, value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        in_quotes = isinstance(value, str) and _is_integer(value)
        raise _mismatch(
            Message("parameter.integer_in_quotes" if in_quotes else "parameter.integer", found=_describe(value))
        )
    least = _LEAST if parameter.min is None else parameter.min
    greatest = _GREATEST if parameter.max is None else parameter.max
    if not least <= value <= greatest:
        shown = as_is(str(value)) if abs(value) < 10**20 else Message("parameter.the_number")
        raise ValueError(Message("parameter.bounds", value=shown, least=str(least), greatest=str(greatest)))
    if parameter.choices and str(value) not in parameter.choices:
        raise _not_allowed(parameter, as_is(str(value)))
    return int(value)


def _expect_text(parameter: Parameter, value: object) -> str:
    if not isinstance(value, str):
        if isinstance(value, int) and not isinstance(value, bool) and abs(value) <= _GREATEST:
            raise ValueError(Message("parameter.text_is_number", text=str(value)))
        raise _mismatch(Message("parameter.text", found=_describe(value)))
    if len(value) > TEXT_LIMIT:
        raise ValueError(Message("parameter.text_long", count=str(len(value)), most=str(TEXT_LIMIT)))
    if "\0" in value or "\n" in value or "\r" in value:
        raise ValueError(Message("parameter.text_lines"))
    if not value.isascii():
        try:
            value.encode("utf-8")
        except UnicodeEncodeError:
            raise ValueError(Message("parameter.text_half")) from None
    if parameter.choices and value not in parameter.choices:
        raise _not_allowed(parameter, quoted(value))
    return str(value)


def _not_allowed(parameter: Parameter, value: Message) -> ValueError:
    return ValueError(Message("parameter.not_allowed", value=value, known=", ".join(parameter.choices)))


def parse(parameter: Parameter, text: str) -> Value:
    """Return the value that a text from the command line gives, valid by the declaration.

    A list is comma separated, or JSON where it begins with ``[``; an empty text is the empty list. Where the values of
    a list may be either, plain decimal digits are an integer, as in YAML.

    Args:
        parameter: How it is declared.
        text: As it was written.

    Raises:
        ValueError: See :func:`validate`.
    """
    if parameter.type == "text":
        return validate(parameter, text)
    text = text.strip()
    if parameter.type == "integer":
        if not _is_integer(text):
            raise ValueError(Message("parameter.digits", found=quoted(text)))
        return validate(parameter, int(text))
    if text.startswith("["):
        return validate(parameter, _parse_json(text))
    if parameter.type == "rows" and text:
        names = ", ".join(f'"{name}"' for name in parameter.columns)
        raise ValueError(Message("parameter.rows_json", names=names))
    kind = values_of(parameter)
    values = [item.strip() for item in text.split(",")] if text else []
    if "" in values:
        raise ValueError(Message("parameter.empty_value"))
    if kind == "integer":
        wrong = next((item for item in values if not _is_integer(item)), None)
        if wrong is not None:
            raise ValueError(Message("parameter.integers", found=quoted(wrong)))
    return validate(parameter, [int(v) if kind != "text" and _is_integer(v) else v for v in values])


def _parse_json(text: str) -> object:
    import json

    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        raise ValueError(Message("parameter.no_json_at", column=str(error.colno))) from error
    except (ValueError, RecursionError) as error:
        raise ValueError(Message("parameter.no_json", error=str(error))) from error


def _is_integer(text: str) -> bool:
    return re.fullmatch("-?(0|[1-9][0-9]{0,19})", text) is not None


def render(parameter: Parameter, value: object) -> str:
    """Return a valid value as SQL that evaluates to exactly it.

    An integer as digits, a negative one in parentheses (``5-:n`` must not become a comment); a text in quotes, quotes
    doubled; a list as ``'a', 'b'`` for ``IN (:name)``, an empty one as nothing (``NOT IN (NULL)`` is never true); rows
    as ``('a', 1), ('b', 2)`` for ``VALUES :name``, no rows as one row of NULLs, since ``VALUES`` needs one.

    Args:
        parameter: How it is declared.
        value: Plain data.

    Raises:
        ValueError: The value is not valid, see :func:`validate`.
    """
    value = validate(parameter, value)
    if not isinstance(value, list):
        return _literal(value)
    if parameter.type == "rows" and not value:
        return "(" + ", ".join(["NULL"] * len(parameter.columns)) + ")"
    return ", ".join([_literal_row(item) if isinstance(item, list) else _literal(item) for item in value])


def _literal_row(row: list[str | int]) -> str:
    return "(" + ", ".join([_literal(item) for item in row]) + ")"


def _literal(value: str | int) -> str:
    if isinstance(value, int):
        return str(value) if value >= 0 else f"({value})"
    return "'" + value.replace("'", "''") + "'"


def bind(sql: str, parameters: Mapping[str, Parameter], values: Values) -> str:
    """Return the statement with the values in force in place of ``:name``.

    Names inside strings, quoted names and comments are none. Comments go (osqueryi takes ``--`` for an option), and so
    do a semicolon and blanks at the end.

    Args:
        sql: One statement, as a check has it.
        parameters: The check's declarations.
        values: A value for each parameter that the statement names.

    Raises:
        ValueError: A parameter is not declared or has no valid value.
    """
    return fill(split(sql), parameters, values)


def split(sql: str) -> tuple[str, ...]:
    """Return a statement in parts, plain SQL and names of parameters by turns, for :func:`fill`.

    A space parts a value from what it must not melt with: ``x:n`` would become a blob, ``:n.5`` another number.
    """
    parts: list[str] = [""]
    done = 0
    for kind, text, offset in find_tokens(sql):
        if kind not in ("variable", "comment"):
            continue
        end = offset + len(text)
        parts[-1] += sql[done:offset]
        if kind == "comment":
            parts[-1] += " "
        else:
            if parts[-1] and parts[-1][-1] not in _PARTED:
                parts[-1] += " "
            follows = sql[end : end + 1]
            parts += [text[1:] if text[0] == ":" else text, "" if not follows or follows in _PARTED else " "]
        done = end
    parts[-1] = (parts[-1] + sql[done:]).rstrip("; \t\n\r\f")
    parts[0] = parts[0].lstrip()
    return tuple(parts)


def fill(parts: tuple[str, ...], parameters: Mapping[str, Parameter], values: Values) -> str:
    """Return the statement that :func:`split` took apart with values in place of names; see :func:`bind`.

    Args:
        parts: SQL and names in turn; see :func:`split`.
        parameters: Those that are declared, by name.
        values: Their values, by name.

    Raises:
        ValueError: A parameter is not declared or has no valid value.
    """
    filled = list(parts)
    rendered: dict[str, str] = {}
    for place in range(1, len(parts), 2):
        name = parts[place]
        if name not in rendered:
            if name not in parameters or name not in values:
                raise ValueError(Message("parameter.no_value", name=_shorten(name)))
            rendered[name] = render(parameters[name], values[name])
        filled[place] = rendered[name]
    return "".join(filled)


def _mismatch(message: Message) -> ValueError:
    return ValueError(message)  # content has one error for a wrong type and a wrong value


def _describe(value: object) -> Message:
    """Name a wrong value, for a message."""
    if value is None:
        return Message("parameter.nothing")
    if isinstance(value, bool):
        return as_is(str(value).lower())
    if isinstance(value, str):
        return Message("parameter.the_text", text=quoted(value))
    if isinstance(value, list | tuple):
        return Message("parameter.a_list")
    if isinstance(value, dict):
        return Message("parameter.keys")
    if isinstance(value, int) and abs(value) > 10**20:
        return Message("parameter.a_number")
    return as_is(_shorten(repr(value))) if isinstance(value, int | float) else Message("parameter.something")


def _shorten(text: str) -> str:
    return text if len(text) <= 60 else text[:59] + "…"


_EVERYTHING = {"%", "%%", "*", "**", ".*", "/", "/%", "/%%", "0.0.0.0/0", "::/0", "any", "all", ""}


def find_everything(parameter: Parameter, value: Value) -> str:
    """Return a part of a value that stands for everything, as ``%`` or ``0.0.0.0/0``; else ``""``, as for no value.

    A list that accepts everything makes a check pass whatever it sees. What is no pattern is found too: the empty text
    matches every name that is compared by its beginning.

    Args:
        parameter: How it is declared.
        value: The value.
    """
    if not isinstance(value, list) or parameter.type not in {"list", "rows"}:
        return ""
    alone = [part[0] if isinstance(part, list) and len(part) == 1 else part for part in value]
    found = [part for part in alone if isinstance(part, str) and part.strip().lower() in _EVERYTHING]
    return repr(found[0]) if found else ""
