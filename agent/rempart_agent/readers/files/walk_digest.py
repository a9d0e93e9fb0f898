"""Digests of a file that a walk found, by all the algorithms that package managers use."""

import os
from typing import Any, Dict

MAX_DIGEST = 64 << 20
"""The largest file that is digested, in bytes."""

MAX_DIGESTS = 512 << 20
"""How much is digested in all."""


def new_digests() -> Dict[str, Any]:
    """Return hashes of nothing yet, by the name of the algorithm."""
    import hashlib

    made: Dict[str, Any] = {"sha256": hashlib.sha256(), "sha512": hashlib.sha512()}
    try:
        made["md5"] = hashlib.new("md5")  # noqa: S324 - it is the one that dpkg keeps
    except ValueError:
        pass  # a system that forbids it (FIPS)
    return made


def digests(descriptor: int) -> Dict[str, str]:
    """Return the digests of an open file, by the name of the algorithm."""
    made = new_digests()
    left = MAX_DIGEST
    while left > 0:
        part = os.read(descriptor, min(left, 1 << 20))
        if not part:
            break
        left -= len(part)
        for one in made.values():
            one.update(part)
    return {name: one.hexdigest() for name, one in made.items()}
