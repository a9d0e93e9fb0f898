"""Waves: a few hosts first, the rest when those stand."""

from collections.abc import Sequence
from math import ceil
from typing import TypeVar

from rempart_core.error import UsageError
from rempart_core.messages.message import Message
from rempart_core.suggestion import quoted

USUAL = "1,10%,100%"
_Item = TypeVar("_Item")


def read_waves(text: str) -> tuple[str, ...]:
    """Return the sizes of waves, as ``1,10%,100%``: numbers of hosts, or shares of all of them.

    Raises:
        UsageError: It is none.
    """
    parts = tuple(part.strip() for part in text.split(","))
    for part in parts:
        number = part.removesuffix("%")
        if not number.isdecimal() or not 0 < int(number) <= (100 if part.endswith("%") else 1_000_000):
            raise UsageError(Message("change.wave_size", text=text, part=quoted(part), example=USUAL))
    return parts


def split(items: Sequence[_Item], sizes: Sequence[str]) -> list[list[_Item]]:
    """Return the waves; each size is how many hosts are done when the wave ends, and the last one takes the rest.

    Args:
        items: In the order in which they are taken.
        sizes: As ``1``, ``10``, ``25%``.
    """
    waves: list[list[_Item]] = []
    done = 0
    for place, size in enumerate(sizes):
        share = ceil(len(items) * int(size[:-1]) / 100) if size.endswith("%") else done + int(size)
        end = len(items) if place == len(sizes) - 1 else min(share, len(items))
        if end > done:
            waves.append(list(items[done:end]))
            done = end
    return waves
