"""Failures and reasons of rows as they go through the worker's pipe: words, and what they say in every language."""

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


def fold(whys: list[tuple[str, Json]]) -> str:
    """Return reasons as one text; ``unfold`` takes it apart."""
    import json  # only where there is a reason: most runs do without

    return json.dumps(whys)


def unfold(whys: str) -> list[tuple[str, Json]]:
    """Return the reasons that ``fold`` made one text of."""
    import json

    return [(text, said) for text, said in json.loads(whys)]
