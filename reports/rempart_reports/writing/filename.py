"""File names for things of any name: hosts and checks are called what people, inventories and machines like.

A name that is plain stays as it is; any other is made plain and gets a digest of the whole name behind it, so that it
is the same in each run and no two share one. Names that differ in case alone share a file on macOS and Windows, so of
such the later one gets a digest too. Sources: Windows "Naming Files, Paths, and Namespaces" (characters, reserved
names, trailing dots); names of at most 255 bytes.
"""

import re

LENGTH = 100  # characters of the name itself; with digest, number and ending far below 255 bytes
_RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE | re.ASCII)


class FileNames:
    """The names that were given so far; what is kept is a number for each."""

    def __init__(self) -> None:
        self._taken: set[int] = set()

    def claim(self, name: str) -> str:
        """Return a file name without an ending for ``name``: ASCII letters, digits, ``.``, ``-`` and ``_``.

        Of two equal names the second gets a number.
        """
        plain = re.sub(r"[^A-Za-z0-9._-]+", "_", name)[:LENGTH].strip("._-")
        chosen = (
            plain
            if name and plain == name and not _RESERVED.fullmatch(name)
            else f"{plain or 'unnamed'}-{_digest(name)}"
        )
        if hash(chosen.lower()) in self._taken:
            chosen = f"{plain or 'unnamed'}-{_digest(name)}"
        unique, number = chosen, 1
        while hash(unique.lower()) in self._taken:
            number += 1
            unique = f"{chosen}-{number}"
        self._taken.add(hash(unique.lower()))
        return unique


def _digest(name: str) -> str:
    from hashlib import blake2b

    return blake2b(name.encode(errors="surrogatepass"), digest_size=4).hexdigest()
