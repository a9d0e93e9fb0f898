"""The ``parameters`` of a check file: declarations whose default is valid by themselves.

The default stands in the declaration, or in a data file that it names (:mod:`rempart_core.content.datafile`).
"""

import re
from collections.abc import Callable
from typing import cast

from rempart_core.content.datafile import DataFiles
from rempart_core.content.reader import Reader
from rempart_core.content.yamlfile import Entries, Node, Scalar
from rempart_core.messages.message import Message, message_of
from rempart_core.model.check import Check
from rempart_core.model.parameter import MAX_ITEMS, TYPES, VALUES_LIMIT, Parameter, Value, find_everything, validate
from rempart_core.suggestion import quoted, suggestion_of
from rempart_core.text import Text

_KEYS = ("type", "default", "data", "title", "min", "max", "unit", "columns", "choices", "of", "max_items")
_ONLY = {  # keys that only some types have
    "data": ("list", "rows"),
    "min": ("integer", "list"),
    "max": ("integer", "list"),
    "unit": ("integer", "list", "text"),
    "columns": ("rows",),
    "choices": ("integer", "text", "list"),
    "of": ("list",),
    "max_items": ("list", "rows"),
}


def read_parameters(reader: Reader, node: Node | None, data: DataFiles) -> dict[str, Parameter]:
    """Read the declarations of a check, by name; mistakes go to the reader, those of data files to ``data``.

    Args:
        reader: Of the check's file.
        node: What stands under ``parameters``; None where that is missing.
        data: Files that values may stand in.
    """
    parameters: dict[str, Parameter] = {}
    for key, declaration in reader.entries(node, "parameters"):
        if not re.fullmatch("[a-z][a-z0-9_]*", key.text):
            reader.report(key, Message("parameter.name", name=quoted(key.text)), what="parameters")
        parameters[key.text] = _read_parameter(reader, key, declaration, data)
    return parameters


def _read_parameter(reader: Reader, key: Scalar, node: Node, data: DataFiles) -> Parameter:
    what = f"parameters.{key.text}"
    fields = reader.fields(node, _KEYS, ("type",), what)
    named = data.find(reader, fields["data"], f"{what}.data") if "data" in fields else ""
    if isinstance(node, Entries) and "default" not in fields and "data" not in fields:
        reader.report(node, Message("content.missing_key", name="default"), what=what)
    if "default" in fields and "data" in fields:
        reader.report(fields["data"], Message("parameter.data_and_default"), what=f"{what}.data")
    before = len(reader.mistakes)
    type_ = reader.choice(fields.get("type"), f"{what}.type", TYPES, "")
    for name, types in _ONLY.items():
        if type_ and name in fields and type_ not in types:
            reader.report(fields[name], Message("parameter.not_of_type", type=type_), what=f"{what}.{name}")
    words = key.text.replace("_", " ")
    title = fields.get("title")
    parameter = Parameter(
        name=key.text,
        type=type_,
        default=cast("Value", reader.value(fields.get("default"), f"{what}.default")),  # held against the type below
        title=Text(words, words) if title is None else reader.translation(title, f"{what}.title", reader.line),
        min=_read_bound(reader, fields.get("min"), f"{what}.min"),
        max=_read_bound(reader, fields.get("max"), f"{what}.max"),
        unit=reader.line(fields.get("unit"), f"{what}.unit"),
        columns=reader.texts(fields.get("columns"), f"{what}.columns", least=1),
        choices=tuple(_read_choice(reader, item, what) for item in reader.items(fields.get("choices"), what, least=1)),
        of=reader.choice(fields.get("of"), f"{what}.of", ("text", "integer"), ""),
        data=named,
        max_items=_read_most(reader, fields.get("max_items"), f"{what}.max_items"),
    )
    if parameter.min is not None and parameter.max is not None and parameter.min > parameter.max:
        above = Message("parameter.above", least=str(parameter.min), greatest=str(parameter.max))
        reader.report(fields["min"], above, what=what)
    if type_ == "rows" and "columns" not in fields:
        reader.report(node, Message("parameter.columns"), what=what)
    if len(reader.mistakes) > before:
        return parameter
    if "default" in fields:
        valid = expect_valid(reader, fields["default"], f"{what}.default", parameter, parameter.default)
        if len(reader.mistakes) == before and (all_ := find_everything(parameter, valid)):
            reader.report(fields["default"], Message("parameter.everything", value=all_), what=f"{what}.default")
    elif named and type_:
        parameter = parameter._replace(default=data.take(reader, fields["data"], named, parameter))
    return parameter


def expect_valid(reader: Reader, node: Node, what: str, parameter: Parameter, value: object) -> Value:
    """Return the value as the parameter has it; where it is not valid, report that and return it as it is.

    Args:
        reader: Of the file that the value stands in.
        node: Where it stands.
        what: What it is called in a mistake.
        parameter: How it is declared.
        value: Plain data.
    """
    try:
        return validate(parameter, value)
    except ValueError as error:
        reader.report(node, message_of(error), what=what)
        return cast("Value", value)  # nothing goes on with a file that has mistakes


def read_given(
    reader: Reader,
    node: Node | None,
    what: str,
    check: Check,
    resolve: Callable[[Node, str, object], object] | None = None,
) -> dict[str, Value]:
    """Read the values that a file gives to parameters of a check, by name; mistakes go to the reader.

    Args:
        reader: Takes the mistakes.
        node: The mapping; None for no values.
        what: What it is called in a mistake.
        check: The check.
        resolve: Makes of a plain value the one that is meant.
    """
    values: dict[str, Value] = {}
    for key, given in reader.entries(node, what):
        name = f"{what}.{key.text}"
        if key.text not in check.parameters:
            hint = suggestion_of(key.text, check.parameters)
            reader.report(key, Message("content.no_parameter", check=check.id, name=quoted(key.text), hint=hint))
            continue
        before = len(reader.mistakes)
        plain = reader.value(given, name)
        plain = resolve(given, name, plain) if resolve else plain
        if len(reader.mistakes) == before:
            values[key.text] = expect_valid(reader, given, name, check.parameters[key.text], plain)
    return values


def _read_most(reader: Reader, node: Node | None, what: str) -> int:
    if node is None:
        return MAX_ITEMS
    most = reader.integer(node, what, least=1)
    if most > VALUES_LIMIT:
        reader.report(node, Message("parameter.list_limit", count=str(most), most=str(VALUES_LIMIT)), what=what)
    return most


def _read_bound(reader: Reader, node: Node | None, what: str) -> int | None:
    return None if node is None else reader.integer(node, what)


def _read_choice(reader: Reader, node: Node, what: str) -> str:
    value = reader.value(node, f"{what}.choices")
    if not isinstance(value, str | int) or isinstance(value, bool):
        reader.report(node, Message("parameter.choices"), what=f"{what}.choices")
    return str(value)
