"""Failures and reasons of rows as they go through the worker's pipe: words, and what they say in every language."""

from collections.abc import Mapping

from rempart_core.json_value import Json
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


def fold(said: Json) -> Json:
    """Return what a reason says as plain tuples and dictionaries, which the pipe takes as they are."""
    if isinstance(said, tuple | list):
        return tuple([fold(one) for one in said])
    return {name: fold(one) for name, one in said.items()} if isinstance(said, Mapping) else said
