"""The texts in a container image's configuration, for a search: environment, commands, labels, history.

Source: the image configuration of the OCI image format, and of Docker's archives, which has the same keys.
"""

import json
from collections.abc import Iterator

from rempart_agent.images.containers.document import once
from rempart_agent.source.contract import Malformed

NAME = "(image configuration)"
"""Stands in place of a path: no file of a tree is called so, since theirs begin with ``/``."""
_MOST_DEEP = 32


def read_texts(configuration: bytes) -> list[tuple[str, bytes]]:
    """Return the texts of a configuration: of each part of ``config``, of the history, and of all else.

    Args:
        configuration: JSON, as it is stored.

    Returns:
        The name of each part, and its texts one below the other.

    Raises:
        Malformed: It is no JSON object, or is nested too deeply.
    """
    try:
        value: object = json.loads(configuration, object_pairs_hook=once)
    except (ValueError, RecursionError) as error:
        raise Malformed("{name}: no JSON that can be read", name=NAME) from error
    if not isinstance(value, dict):
        raise Malformed("{name}: no JSON object", name=NAME)
    parts: dict[str, list[object]] = {}
    for key, one in value.items():
        if key == "config" and isinstance(one, dict):
            parts |= {f"{NAME}/{name}": [inner] for name, inner in one.items()}
        else:
            parts.setdefault(f"{NAME}/history" if key == "history" else NAME, []).append({key: one})
    found = []
    for name, part in parts.items():
        text = "".join(f"{one}\n" for one in _texts(part, 0))
        if text:
            found.append((name, text.encode("utf-8", "replace")))
    return found


def _texts(value: object, depth: int) -> Iterator[str]:
    if depth > _MOST_DEEP:
        raise Malformed("{name}: nested too deeply", name=NAME)
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for one in value:
            yield from _texts(one, depth + 1)
    elif isinstance(value, dict):
        for key, one in value.items():
            if isinstance(one, str):
                yield f"{key}={one}"
            else:
                yield str(key)
                yield from _texts(one, depth + 1)
