"""The contract that every engine fulfils: SQL in, rows of text or a failure out, and nothing raised in between."""

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

from rempart_core.model.result import Answer, ContainerIdentity, EngineIdentity, Failure

DEADLINE = 20.0
"""Seconds that one statement may take, unless the user says otherwise."""

MAX_ROWS = 10_000
"""Rows that one statement may give; more are no verdict on a part, but an error."""

WALKING = frozenset(("rempart_walk",))
"""The tables that walk the file systems, which takes its time: those whose modules say so by ``COST``."""


class Images(NamedTuple):
    """Image files that are looked at as one machine.

    Attributes:
        files: The disks of a machine, or one archive of containers.
        root: The volume that holds the system, where several do; ``""`` to find it.
        platform: Of a container, ``linux/arm64``; ``""`` for the only one.
        ref: The name or digest of a container; ``""`` for the only one.
        maximum: The most bytes that the layers of a container may have, unpacked.
    """

    files: tuple[str, ...]
    root: str = ""
    platform: str = ""
    ref: str = ""
    maximum: int = 32 << 30


class Deferred(BaseException):
    """The answer needs reads that are not there yet: ask again once the engine has settled.

    No ``Exception``, since nothing went wrong: what makes a failure of exceptions lets it pass.
    """


class Engine:
    """What answers SQL about a target."""

    def identity(self) -> EngineIdentity:
        """Return what answers, its version, and as whom."""
        raise NotImplementedError

    def container(self) -> ContainerIdentity | None:
        """Return which image of a container is looked at; None where none is."""
        return None

    def platform(self) -> str:
        """Return the platform of an image that could not be read whole, where that much is known; ``""`` else."""
        return ""

    def query(self, sql: str, deadline: float = DEADLINE, max_rows: int = MAX_ROWS) -> Answer:
        """Answer one statement.

        Args:
            sql: The statement, with parameters rendered.
            deadline: Seconds after which the wait really ends: the answer is then a failure of kind ``timeout``.
            max_rows: More rows than this are a failure of kind ``limit``.

        Returns:
            Rows of text values, or a failure. Nothing is raised for what the target or the statement does.
        """
        raise NotImplementedError

    def records(
        self, sql: str, deadline: float = DEADLINE, max_rows: int = MAX_ROWS
    ) -> tuple[list[dict[str, str]], Failure | None]:
        """Answer one statement whose rows are read by column; rows of several statements may differ in these.

        Args:
            sql: The statement.
            deadline: See ``query``.
            max_rows: See ``query``.

        Returns:
            Rows, column to text, and why there are no more of them; None where these are all.
        """
        raise NotImplementedError

    def expect(self, columns: Mapping[str, Sequence[str]]) -> None:
        """Be told what this run will ask, so that each source can be read once for all of it. It binds nobody.

        Args:
            columns: Table to the columns that some statement of the run names.
        """

    def trust(self, statements: Collection[str]) -> None:
        """Be told which statements were seen to read tables of the target and nothing else. It binds nobody.

        Args:
            statements: Each differs in values alone from one that compiled under all rules for statements.
        """

    def defer(self, on: bool) -> None:
        """Begin or end the time in which ``query`` may raise ``Deferred``, to gather reads. It binds nobody."""

    def settle(self) -> None:
        """Fetch what deferred statements need."""

    def close(self) -> None:
        """Let go of what the engine holds. It may be called twice."""
