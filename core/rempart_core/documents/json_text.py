"""The JSON of documents: no key twice in an object, no number that JSON lacks, no half of a surrogate pair."""

from typing import Any

from rempart_core.error import DocumentError
from rempart_core.messages.message import Message, message_of


def load(document: str | bytes) -> Any:
    """Return what a document holds, as JSON has it; a key that stands twice in an object is refused.

    Raises:
        DocumentError: It is no JSON.
    """
    import json

    try:
        return json.loads(document, parse_constant=_refuse_constant, object_pairs_hook=_expect_single)
    except json.JSONDecodeError as error:
        told = Message("document.no_json_at", line=str(error.lineno), column=str(error.colno))
        raise DocumentError(told) from error
    except (ValueError, RecursionError) as error:
        raise DocumentError(Message("document.no_json", error=message_of(error))) from error


def holds_surrogate(document: str | bytes) -> bool:
    """Tell whether a text of the document may hold half a pair: only an escape can bring one."""
    if isinstance(document, bytes):
        return b"\\ud" in document or b"\\uD" in document or b"\xed" in document
    return "\\ud" in document or "\\uD" in document or not document.isascii()


def mend(data: Any) -> Any:
    """Return data with U+FFFD for each half of a surrogate pair in its texts."""
    if isinstance(data, str):
        return data.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    if isinstance(data, dict):
        return {mend(key): mend(value) for key, value in data.items()}
    return [mend(value) for value in data] if isinstance(data, list) else data


def _expect_single(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError(Message("document.key_twice"))
    return found


def _refuse_constant(word: str) -> Any:
    raise ValueError(Message("document.no_number", word=word))
