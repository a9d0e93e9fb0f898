"""What a report format is: a head, a fragment for each run, and a tail.

A fragment follows from its run, its place and the options alone, so that any process can write it: of a fleet the
workers do, and who writes the report joins what they wrote. What a whole needs to know of all its runs (counts,
severities, areas) a format takes by ``note``, of which an outline of each run is enough.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain, islice
from typing import ClassVar, NamedTuple, Protocol, TextIO

from rempart_core.model.result import Run, TargetIdentity
from rempart_reports.views.options import Options
from rempart_reports.writing.piece import Piece, read_text, write_piece


class Place(NamedTuple):
    """Where a run stands in a report of several.

    Attributes:
        number: Counts from 0.
        name: What it is called there, like no other; ``""`` where the format asks for no names.
    """

    number: int = 0
    name: str = ""


class Report:
    """One report while it is written: each format's module has a class of this name and this shape.

    Attributes:
        MARK: What each file of it holds within its first 1,000 bytes; ``""`` for a format of one file.
        PART_BYTES: Of a format whose files may not grow without end: bytes from which it goes on in another file.
        NAMED: Whether each run has a name like no other; see ``name``.
        options: How it is written.
        alone: The target of a report of one run that is no fleet's; None for all others.
    """

    MARK: ClassVar[str] = ""
    PART_BYTES: ClassVar[int] = 0
    NAMED: ClassVar[bool] = False

    def __init__(self, options: Options, alone: TargetIdentity | None = None) -> None:
        """Write nothing yet.

        Args:
            options: How it is written.
            alone: The target of a report of one run that is no fleet's; None for all others.
        """
        self.options = options
        self.alone = alone

    @property
    def outlined(self) -> bool:
        """Tell whether the whole needs to know of its runs; see ``note``."""
        return False

    def head(self) -> str:
        """Return what stands first in each file."""
        return ""

    def name(self, target: TargetIdentity) -> str:
        """Return what a run is called, where nothing else is called so."""
        del target
        return ""

    def names(self) -> Callable[[str], str]:
        """Return what gives each run a name like no other, in the order of the report, from what ``name`` returns."""
        return Names().claim

    def fragment(self, run: Run, place: Place) -> Sequence[str]:
        """Return what is written of a run: pieces, each of which stands in one file.

        Args:
            run: The run.
            place: Where it stands in the report.

        Raises:
            ReportError: It can't be written.
        """
        raise NotImplementedError

    def settle(self, piece: str, number: int) -> str:
        """Return a piece with the number that it has among all; it was written as if it had its run's.

        Args:
            piece: What ``fragment`` returned.
            number: Counts from 0.
        """
        del number
        return piece

    def sift(self, run: Run) -> Run:
        """Return of a run what ``note`` needs to know; called where its fragment is written.

        Args:
            run: The run.
        """
        return run

    def note(self, run: Run) -> None:
        """Take what the whole needs to know of a run; its outline is enough."""

    def tail(self, runs: int) -> str:
        """Return what stands last in each file.

        Args:
            runs: How many runs there are.
        """
        del runs
        return ""

    @classmethod
    def write(cls, runs: Iterable[Run], out: TextIO, options: Options) -> None:
        """Write the report of runs at once, in one file.

        Args:
            runs: Taken one at a time and not kept: there may be a fleet of them.
            out: Where it goes. Errors of writing are ``OSError``.
            options: How it is written.
        """
        Pieces(cls, runs, options).write(out)


class Written(NamedTuple):
    """What was written of one run.

    Attributes:
        pieces: See ``Report.fragment``.
        run: The run or its outline, where the format asks for it.
        target: The name of its target, untrusted.
    """

    pieces: Sequence[Piece]
    run: Run | None = None
    target: str = ""


class PiecesOf(Protocol):
    """The pieces of one report, wherever they were written."""

    @property
    def report(self) -> Report:
        """Return the report that they belong to."""

    def __iter__(self) -> Iterator[Written]:
        """Yield what was written of each run, in order."""


class Names:
    """Names, of which each is given once: of two of one name GitLab shows the first only."""

    def __init__(self) -> None:
        self._taken: set[int] = set()

    def claim(self, name: str, length: int = 300) -> str:
        """Return ``name``, or with a number behind it where it is taken.

        Args:
            name: What is wanted.
            length: Characters that it may have.
        """
        unique, number = name, 1
        while hash(unique) in self._taken:
            number += 1
            unique = f"{name[: length - 8]}_{number}"
        self._taken.add(hash(unique))
        return unique


class Pieces:
    """The pieces of a report, written here and now, each when its turn comes."""

    def __init__(self, form: type[Report] | Report, runs: Iterable[Run], options: Options) -> None:
        """Get ready.

        Args:
            form: The format, or a report of it that is there.
            runs: Taken one at a time and not kept.
            options: How it is written.
        """
        rest = iter(runs)
        first = list(islice(rest, 2))
        alone = first[0].target if len(first) == 1 and not options.fleet else None
        self.report = form if isinstance(form, Report) else form(options, alone)
        self._runs = chain(first, rest)

    def __iter__(self) -> Iterator[Written]:
        """See PiecesOf.__iter__."""
        report, claim = self.report, self.report.names()
        for number, run in enumerate(self._runs):
            name = claim(report.name(run.target)) if report.NAMED else ""
            pieces = report.fragment(run, Place(number, name))
            yield Written(pieces, run if report.outlined else None, run.target.name)

    def write(self, out: TextIO) -> None:
        """Write them to one file."""
        write_pieces(self, out)


def write_pieces(pieces: PiecesOf, out: TextIO) -> None:
    """Join the pieces of a report, in one file.

    Args:
        pieces: The pieces.
        out: Where it goes.
    """
    report = pieces.report
    out.write(report.head())
    runs = 0
    for runs, piece in number_pieces(pieces):  # noqa: B007 - the last one is how many there are
        write_piece(piece, out)
    out.write(report.tail(runs))


def number_pieces(pieces: PiecesOf) -> Iterator[tuple[int, Piece]]:
    """Yield each piece, with the number of runs until then; ``""`` of a run that has none."""
    report, number = pieces.report, 0
    for runs, written in enumerate(pieces, 1):
        if written.run is not None:
            report.note(written.run)
        for place, piece in enumerate(written.pieces):
            yield runs, report.settle(read_text(piece), number) if number != runs - 1 + place else piece
            number += 1
        if not written.pieces:
            yield runs, ""


class DirectoryReport(Report):
    """A report that fills a directory, a file a host or linked pages: what is written of each run, then joined.

    A fragment may be written before those of the runs that stand before it, by another process: see ``part``.
    """

    def part(self, read: Callable[[int], Run]) -> None:
        """Take note that fragments are written by other processes, in any order.

        Args:
            read: Returns the run at a place, for what else has to be known of it.
        """

    def review(self, firsts: Iterator[str]) -> Sequence[int]:
        """Look at what was written in other processes, and return the places of runs that are to be written again.

        Args:
            firsts: Of each run, in order, the first piece; ``""`` where there is none.
        """
        del firsts
        return ()

    def join(self, path: str, pieces: PiecesOf) -> None:
        """Write the report into a directory, which is made where there is none.

        Files of an earlier report that are not part of this one are taken away; files that are not ours stay.

        Args:
            path: The directory.
            pieces: What was written of each run.

        Raises:
            ReportError: It could not be written.
        """
        raise NotImplementedError

    @classmethod
    def write_directory(cls, path: str, runs: Iterable[Run], options: Options) -> None:
        """Write the report of runs at once.

        Args:
            path: The directory.
            runs: Taken one at a time and not kept.
            options: How the report is written.

        Raises:
            ReportError: It could not be written.
        """
        report = cls(options)
        report.join(path, Pieces(report, runs, options))
