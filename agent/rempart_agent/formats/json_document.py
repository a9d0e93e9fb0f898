"""Reads a JSON document (RFC 8259) that somebody else wrote, its scalars as they are."""

from typing import Dict, List, Mapping, Optional, Union

from rempart_agent.source.contract import Malformed

Document = Union[None, bool, int, float, str, List["Document"], Dict[str, "Document"]]
"""A document: of what JSON holds."""

_BIGGEST = (1 << 63) - 1  # that a column holds


def parse(data: bytes) -> Document:
    """Return what a document holds.

    Args:
        data: The document, in UTF-8; bytes that are none are replaced.

    Raises:
        Malformed: it is no JSON, or nested too deeply.
    """
    import json

    try:
        document: Document = json.loads(data.decode("utf-8-sig", "replace"))
    except (ValueError, RecursionError) as error:
        raise Malformed("no JSON: {error}", error=error) from error
    return document


def mapping(value: Document) -> Dict[str, Document]:
    """Return an object of the document; an empty one where the value is something else."""
    return value if isinstance(value, dict) else {}


def items(value: Document) -> List[Document]:
    """Return a list of the document; an empty one where the value is something else."""
    return value if isinstance(value, list) else []


def text(value: Document) -> str:
    """Return a string of the document; ``""`` where the value is something else."""
    return value if isinstance(value, str) else ""


def at(told: Document, *path: str) -> Document:
    """Return a value within objects; None where there is none.

    Args:
        told: The outermost object.
        path: The keys that lead to it.
    """
    for key in path:
        told = mapping(told).get(key)
    return told


def words(value: Document, between: str) -> str:
    """Return the texts of a list, joined.

    Args:
        value: The list; anything else holds none.
        between: What stands between two.
    """
    return between.join(text(entry) for entry in items(value))


def number(value: Document) -> Optional[int]:
    """Return a whole number; 0 where there is none, None where a column can't hold it."""
    if not isinstance(value, int) or isinstance(value, bool):
        return 0
    return value if -_BIGGEST <= value <= _BIGGEST else None


def flag(value: Document) -> int:
    """Return 1 for true, else 0."""
    return int(value is True)


def texts(told: Document, keys: Mapping[str, str]) -> Dict[str, str]:
    """Return texts of an object.

    Args:
        told: The object.
        keys: What each is to be called, and its key.
    """
    return {column: text(at(told, key)) for column, key in keys.items()}


def numbers(told: Document, keys: Mapping[str, str]) -> Dict[str, Optional[int]]:
    """Return whole numbers of an object.

    Args:
        told: The object.
        keys: What each is to be called, and its key.
    """
    return {column: number(at(told, key)) for column, key in keys.items()}


def flags(told: Document, keys: Mapping[str, str]) -> Dict[str, int]:
    """Return what is true and what is not in an object, as 1 and 0.

    Args:
        told: The object.
        keys: What each is to be called, and its key.
    """
    return {column: flag(at(told, key)) for column, key in keys.items()}
