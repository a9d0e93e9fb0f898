"""A failure as it goes through the worker's pipe: its kind, its words, and its message, known in every language."""

from rempart_core.messages.carried import Carried
from rempart_core.model.result import Failure

Packed = tuple[str, str, Carried | None]


def pack(failure: Failure) -> Packed:
    """Return a failure as plain data."""
    if failure.said is None:
        return failure.kind, failure.message, None
    from rempart_core.messages.carried import to_data

    return failure.kind, failure.message, to_data(failure.said)


def unpack(packed: Packed) -> Failure:
    """Return the failure that plain data holds."""
    kind, message, said = packed
    if said is None:
        return Failure(kind, message)
    from rempart_core.messages.carried import from_data

    return Failure(kind, message, from_data(said))
