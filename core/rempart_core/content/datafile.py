"""The data file: reads ``data/<name>.yaml`` of directories of checks, each a list that ages with its date and source.

A parameter takes the values as its default by ``data: NAME``; ``data: "@lists"`` gives the name and the date of every
file, for the check that holds them against the calendar. All mistakes of all files are reported at once, each with
file, line and column.
"""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from rempart_core.content.folder import find_all_named
from rempart_core.content.reader import Reader
from rempart_core.content.yamlfile import Node, read
from rempart_core.error import ContentError, Mistake
from rempart_core.messages.message import Message, message_of
from rempart_core.model.parameter import Parameter, Value, validate
from rempart_core.suggestion import quoted, suggestion_of
from rempart_core.text import Text

OWN = frozenset({"risk"})
"""The data files that no parameter takes: ``risk`` is read by :mod:`rempart_core.content.riskfile`."""
LISTS = "@lists"
"""The reserved name that stands for the lists themselves: rows of name and date, by name."""

_KEYS = ("updated", "source", "review", "values")
_REQUIRED = ("updated", "source", "values")
_NAME = "[a-z][a-z0-9]*(-[a-z0-9]+)*"
_ADVICE = Message("content.data_name")


class DataFile(NamedTuple):
    """A list that ages.

    Attributes:
        name: The file's name without ``.yaml``.
        updated: The day on which it was last held against its source, ``YYYY-MM-DD``.
        source: Where its values come from.
        review: What to look at when it is brought up to date; None where the source says it all.
        values: Texts or whole numbers, or rows of them.
        file: Its path.
    """

    name: str
    updated: str
    source: Text
    review: Text | None
    values: list[object]
    file: str


class DataFiles:
    """The data files of some directories, and which of them parameters take."""

    def __init__(self, directories: Sequence[str]) -> None:
        """Read every data file of ``directories``, each laid out like ``checks/``. Never raises: see ``mistakes``."""
        self._mistakes: list[Mistake] = []
        self._readers: dict[str, Reader] = {}
        self._nodes: dict[str, Node | None] = {}
        self._used: set[str] = set()
        self.files: dict[str, DataFile] = {}
        for name, file in find_all_named(directories, "data", _NAME, _ADVICE, self._mistakes).items():
            document = read(file)
            reader = self._readers[name] = Reader(document)
            fields = reader.fields(document.root, _KEYS, _REQUIRED)
            self._nodes[name] = fields.get("values")
            self.files[name] = _read(reader, fields, name)

    @property
    def mistakes(self) -> list[Mistake]:
        """Return what is wrong with the files, and with their values as parameters declare them."""
        return [*self._mistakes, *(mistake for reader in self._readers.values() for mistake in reader.mistakes)]

    def find_unused(self) -> list[Mistake]:
        """Return a mistake for each file that no parameter takes: its values would be believed to count."""
        return [
            Mistake(one.file, 0, 0, Message("content.list_unused", name=one.name))
            for one in self.files.values()
            if one.name not in self._used | OWN
        ]

    def find(self, reader: Reader, node: Node, what: str) -> str:
        """Return the name of the file that a parameter takes; ``""`` where there is none, which is reported.

        Args:
            reader: Of the check's file.
            node: What ``data`` holds.
            what: The key, for mistakes.
        """
        name = reader.line(node, what)
        if name != LISTS and name and name not in self.files:
            hint = suggestion_of(name, [*self.files, LISTS])
            reader.report(node, Message("content.no_data_file", name=quoted(name), hint=hint), what=what)
            return ""
        self._used.add(name)
        return name

    def take(self, reader: Reader, node: Node, name: str, parameter: Parameter) -> Value:
        """Return the values of the file, as the parameter has them; those that it may not have are reported.

        Args:
            reader: Of the check's file.
            node: What ``data`` holds.
            name: What :meth:`find` made of it.
            parameter: The declaration, whose default is not used.
        """
        own = self._readers.get(name)
        values: list[object] = self.files[name].values if own else [[one.name, one.updated] for one in self._sorted()]
        if own and own.mistakes:
            return []
        try:
            return validate(parameter, values)
        except ValueError as error:
            if own:
                said = Message(
                    "content.list_value", error=message_of(error), parameter=parameter.name, file=reader.file
                )
                own.report(_find_wrong(own, self._nodes[name], parameter), said, what="values")
            else:
                said = Message("content.lists", lists=LISTS, error=message_of(error))
                reader.report(node, said, what=f"parameters.{parameter.name}.data")
            return []

    def _sorted(self) -> list[DataFile]:
        return sorted(self.files.values())


def read_data_files(directories: Sequence[str]) -> dict[str, DataFile]:
    """Read every data file of some directories, by name; whether a check takes it is not looked at.

    Raises:
        ContentError: With all mistakes of all files.
    """
    data = DataFiles(directories)
    if data.mistakes:
        raise ContentError(data.mistakes)
    return data.files


def _read(reader: Reader, fields: dict[str, Node], name: str) -> DataFile:
    updated = fields.get("updated")
    review = fields.get("review")
    values = [reader.value(node, "values") for node in reader.items(fields.get("values"), "values", least=1)]
    for node, twice in _find_twice(reader, fields.get("values"), values):
        reader.report(node, Message("content.text_twice", text=_name(twice)), what="values")
    return DataFile(
        name,
        _read_date(reader, updated),
        reader.translation(fields.get("source"), "source"),
        None if review is None else reader.translation(review, "review"),
        values,
        reader.file,
    )


def _read_date(reader: Reader, node: Node | None) -> str:
    text = reader.line(node, "updated")
    if not text or node is None:
        return ""
    if not re.fullmatch(r"\d{4}-\d\d-\d\d", text, re.ASCII):
        reader.report(node, Message("content.no_day", text=quoted(text)), what="updated")
        return text
    from datetime import date

    try:
        date.fromisoformat(text)
    except ValueError as error:
        reader.report(node, Message("content.no_such_date", text=text, error=str(error)), what="updated")
    return text


def _find_twice(reader: Reader, node: Node | None, values: list[object]) -> Iterator[tuple[Node, object]]:
    seen = []
    for item, value in zip(reader.items(node, "values") if values else (), values, strict=False):
        if value in seen:
            yield item, value
        seen.append(value)


def _name(value: object) -> Message:
    return quoted(", ".join(map(str, value)) if isinstance(value, list) else str(value))


def _find_wrong(reader: Reader, node: Node | None, parameter: Parameter) -> Node:
    """Return the first item that is no value of the parameter by itself, else the whole list."""
    for item in reader.items(node, "values"):
        try:
            validate(parameter, [reader.value(item, "values")])
        except ValueError:
            return item
    assert node is not None  # noqa: S101 - a file without values has a mistake, and is not asked
    return node
