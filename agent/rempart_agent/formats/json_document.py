"""Reads a JSON document (RFC 8259) that somebody else wrote, its scalars as they are."""

from typing import Dict, List, Union

from rempart_agent.source.contract import Malformed

Document = Union[None, bool, int, float, str, List["Document"], Dict[str, "Document"]]
"""A document: of what JSON holds."""


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
