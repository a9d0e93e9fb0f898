"""JSON documents of an image, each value asked for by name and type: none of them is believed beforehand."""

import json

from rempart_agent.images.layer import Layer
from rempart_agent.source.contract import Limit, Malformed

_LARGEST = 4 << 20
"""Bytes of a document: what registries accept as the size of a manifest."""


def read_json(layer: Layer) -> object:
    """Return what a JSON document says.

    Raises:
        Malformed: It is no JSON.
        Limit: It is too large.
        Unfit: It can't be read.
    """
    if layer.size > _LARGEST:
        raise Limit("{name}: {size} bytes are too many for a document", name=layer.name, size=layer.size)
    try:
        value: object = json.loads(layer.read_at(0, layer.size).decode("utf-8"), object_pairs_hook=once)
    except (ValueError, RecursionError) as error:
        raise Malformed("{name}: no JSON that can be read", name=layer.name) from error
    return value


def once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """Return an object of JSON, whose names stand there once each.

    Args:
        pairs: Its names and values, as they stand there.

    Raises:
        ValueError: A name stands there twice: which value counts, each reader decides in its own way.
    """
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name that stands twice in an object")
    return found


class Document:
    """An object of a JSON document."""

    def __init__(self, value: object, name: str) -> None:
        """Take an object.

        Args:
            value: What JSON says.
            name: What it is, for the errors' texts.

        Raises:
            Malformed: It is no object.
        """
        if not isinstance(value, dict):
            raise Malformed("{name}: no JSON object", name=name)
        if len({one.lower() for one in value}) != len(value):  # Go, and with it containerd, reads names in any case
            raise Malformed("{name}: names that differ by their case alone", name=name)
        self._value: dict[str, object] = value
        self.name = name

    def __contains__(self, key: str) -> bool:
        """Return whether it has a value of that name which is not null."""
        return self._value.get(key) is not None

    def text(self, key: str) -> str:
        """Return a text; ``""`` where there is none.

        Raises:
            Malformed: It is something else.
        """
        value = self._value.get(key)
        if value is None:
            return ""
        if not isinstance(value, str):
            raise Malformed("{name}: {key} is no text", name=self.name, key=key)
        return value

    def number(self, key: str) -> int:
        """Return a number that has to be there.

        Raises:
            Malformed: It is missing, negative, or something else.
        """
        value = self._value.get(key)
        if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < 1 << 63:
            raise Malformed("{name}: {key} is no number", name=self.name, key=key)
        return value

    def texts(self, key: str) -> list[str]:
        """Return a list of texts; an empty one where there is none.

        Raises:
            Malformed: It is something else.
        """
        found = []
        for one in self._list(key):
            if not isinstance(one, str):
                raise Malformed("{name}: {key} holds what is no text", name=self.name, key=key)
            found.append(one)
        return found

    def inner(self, key: str) -> "Document":
        """Return an object within it; an empty one where there is none.

        Raises:
            Malformed: It is something else.
        """
        value = self._value.get(key)
        return Document({} if value is None else value, f"{self.name} {key}")

    def documents(self, key: str) -> list["Document"]:
        """Return a list of objects; an empty one where there is none.

        Raises:
            Malformed: It is something else.
        """
        return [Document(one, f"{self.name} {key}") for one in self._list(key)]

    def _list(self, key: str) -> list[object]:
        value = self._value.get(key)
        if value is None:
            return []
        if not isinstance(value, list):
            raise Malformed("{name}: {key} is no list", name=self.name, key=key)
        return value
