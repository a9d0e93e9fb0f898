"""What hosts share of their judging: a check whose statements were answered alike comes to the same result.

The judging of a check reads the answers to its statements, the circumstances, and what texts of rows say; nothing of
the host besides. So a result is known by all of these, letter for letter, and is judged once for all hosts alike.
What is remembered is bounded; what has much evidence is judged each time.
"""

from collections.abc import Hashable, Iterable, Mapping
from typing import NamedTuple, TypeAlias

from rempart_core.model.result import Result
from rempart_store.server.audit import Stored

Digests: TypeAlias = tuple[tuple[bytes, ...], ...]
"""Of each check the digests of its statements."""

LARGEST = 16 << 10
"""Bytes of rows of a check whose result is remembered."""
_ENTRY = 500  # bytes that one counts besides
_MOST = 2 << 20  # bytes of all: as objects they take ten times as much

Answers: TypeAlias = tuple["Stored | None", ...]
"""What a check's statements came to."""


class Judged(NamedTuple):
    """A result, and of what it is one.

    Attributes:
        number: The check's place in its script.
        answers: What its statements came to.
        result: The result.
    """

    number: int
    answers: Answers
    result: Result


class SharedResults:
    """The results of some checks in the same circumstances."""

    def __init__(self, digests: Digests) -> None:
        """Remember nothing yet.

        Args:
            digests: Of the checks; kept, so that no others can be taken for them.
        """
        self._digests = digests
        self._results: dict[tuple[int, Answers], Result] = {}

    def answers(self, answers: Mapping[bytes, Stored]) -> list[Answers]:
        """Return of each check what its statements came to.

        Args:
            answers: By the statement's digest.
        """
        return [tuple([answers.get(digest) for digest in digests]) for digests in self._digests]

    def find(self, told: Iterable[Answers]) -> list[Result | None]:
        """Return the results of all checks; None for those that have to be judged.

        Args:
            told: What each came to.
        """
        return [self._results.get(key) for key in enumerate(told)]

    def add(self, judged: Judged) -> None:
        """Remember a result."""
        self._results[judged.number, judged.answers] = judged.result


class Shared:
    """What a worker remembers of results."""

    def __init__(self) -> None:
        """Remember nothing yet."""
        self._circumstances: dict[tuple[int, Hashable], SharedResults] = {}
        self._held = 0

    def within(self, digests: Digests, circumstances: Hashable, size: int) -> SharedResults:
        """Return the results of equal circumstances.

        Args:
            digests: Of the checks: one object for those of one script.
            circumstances: All that the judging depends on, besides the answers to a check's own statements.
            size: Characters of what a host says in them; with many of them nothing is remembered.
        """
        key = id(digests), circumstances
        found = self._circumstances.get(key)
        if found is None:
            found = SharedResults(digests)
            if size <= LARGEST:
                self._hold(size + _ENTRY)
                self._circumstances[key] = found
        return found

    def note(self, held: SharedResults, judged: Iterable[Judged]) -> None:
        """Remember results, but for those with much evidence.

        Args:
            held: Of their circumstances.
            judged: The results.
        """
        for one in judged:
            size = sum(len(told.rows) + len(told.said) for told in one.answers if told is not None)
            if size <= LARGEST:
                self._hold(size + _ENTRY)
                held.add(one)

    def _hold(self, size: int) -> None:
        if self._held + size > _MOST:
            self._circumstances.clear()
            self._held = 0
        self._held += size
