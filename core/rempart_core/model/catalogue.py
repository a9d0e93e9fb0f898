"""Checks by name, each made when somebody asks for it: an audit of one check makes one, however many there are."""

from collections.abc import Callable, Iterator, Sequence
from typing import overload

from rempart_core.model.check import Check


class Catalogue(Sequence[Check]):
    """Checks, in order; none is made twice.

    Args:
        names: Id and area of each.
        make: Makes the check of a place, from 0.
    """

    def __init__(self, names: Sequence[tuple[str, str]], make: Callable[[int], Check]) -> None:
        self._names = names
        self._make = make
        self._made: dict[int, Check] = {}

    def pick(self, fits: Callable[[str, str], bool]) -> list[Check]:
        """Return the checks whose id and area fit, in order; no other one is made."""
        return [self._at(place) for place, (id_, area) in enumerate(self._names) if fits(id_, area)]

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self._names)

    @overload
    def __getitem__(self, place: int) -> Check: ...

    @overload
    def __getitem__(self, place: slice) -> list[Check]: ...

    def __getitem__(self, place: int | slice) -> Check | list[Check]:
        """Return the check of a place, or those of several."""
        places = range(len(self._names))[place]
        return self._at(places) if isinstance(places, int) else [self._at(one) for one in places]

    def __iter__(self) -> Iterator[Check]:
        """Yield all of them."""
        return map(self._at, range(len(self._names)))

    def __eq__(self, other: object) -> bool:
        """Tell whether other checks are the same, however they are kept."""
        return isinstance(other, Sequence) and list(self) == list(other)

    def __hash__(self) -> int:
        """Return the same for the same names."""
        return hash(tuple(self._names))

    def _at(self, place: int) -> Check:
        check = self._made.get(place)
        if check is None:
            check = self._made[place] = self._make(place)
        return check
