"""Text kept on disk under keys, in the order in which it came: what a page of a check says of thousands of hosts."""

import os
from collections.abc import Hashable, Iterator
from tempfile import TemporaryDirectory
from types import TracebackType
from typing import Self

BUFFER = 16_000_000  # characters that wait for the disk
_CHUNK = 65_536


class Spool:
    """Text under keys, in a directory of its own that only this user can read and that goes at the end.

    Memory holds at most ``BUFFER`` characters and a number for each key.
    """

    def __init__(self) -> None:
        self._folder = TemporaryDirectory(prefix="rempart-")
        self._waiting: dict[Hashable, list[str]] = {}
        self._numbers: dict[Hashable, int] = {}
        self._size = 0

    def __enter__(self) -> Self:
        """Begin."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Take all away."""
        self._folder.cleanup()

    def add(self, key: Hashable, text: str) -> None:
        """Add text behind what stands under the key.

        Args:
            key: Of what it belongs to.
            text: Any.
        """
        self._waiting.setdefault(key, []).append(text)
        self._size += len(text)
        if self._size > BUFFER:
            self._flush()

    def read(self, key: Hashable) -> Iterator[str]:
        """Yield what stands under the key, in pieces; nothing where there is nothing."""
        self._flush()
        if key not in self._numbers:
            return
        with open(self._place(key), encoding="utf-8", newline="") as file:
            while chunk := file.read(_CHUNK):
                yield chunk

    def _flush(self) -> None:
        for key, texts in self._waiting.items():
            self._numbers.setdefault(key, len(self._numbers))
            with open(self._place(key), "a", encoding="utf-8", newline="") as file:
                file.writelines(texts)
        self._waiting.clear()
        self._size = 0

    def _place(self, key: Hashable) -> str:
        return os.path.join(self._folder.name, str(self._numbers[key]))
