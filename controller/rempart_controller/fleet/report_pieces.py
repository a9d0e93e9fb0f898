"""The pieces of a fleet's reports, written by worker processes: each reads a run once, for all reports that are wanted.

What they write waits in a file without a name, where each worker adds to it, so that memory does not grow with the
fleet; who writes a report joins its pieces in the order of the hosts, as bytes.
"""

import json
import os
import tempfile
import weakref
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import BinaryIO, NamedTuple

from rempart_controller.answers.outline import OutlineReader, OutlineWriter
from rempart_controller.fleet.spool_file import add_to, copy_at, read_at
from rempart_controller.fleet.worker_pool import Pool
from rempart_core.error import ReportError
from rempart_core.messages.message import Message
from rempart_core.messages.say import say_both
from rempart_core.messages.system import reason_of
from rempart_core.model.check import Check
from rempart_core.model.result import Run, TargetIdentity
from rempart_core.text import Text
from rempart_reports.formats.contract import DirectoryReport, Place, Report, Written
from rempart_reports.writing.piece import read_text

_DEADLINE = 600.0  # seconds for the pieces of one host: past it there is something wrong with it
_CODING = ("utf-8", "replace")  # as files are written


class StoredPiece(NamedTuple):
    """A piece in the file of them; see ``piece.Stored``.

    Attributes:
        file: Its descriptor.
        place: Where the piece begins.
        size: How many bytes it has.
    """

    file: int
    place: int
    size: int

    def read(self) -> bytes:
        """See Stored.read."""
        return read_at(self.file, self.place, self.size)

    def copy(self, out: BinaryIO) -> None:
        """See Stored.copy."""
        copy_at(self.file, self.place, self.size, out)


Told = tuple[int, list[list[int]]]
"""Where the pieces of a host begin, and how long each is, by report."""


class FleetPieces:
    """The pieces of all reports of a fleet."""

    def __init__(
        self,
        reports: Mapping[str, Report],
        targets: Sequence[TargetIdentity],
        read: Callable[[int], Run],
        lost: Callable[[int, Text], Run],
        checks: Mapping[str, Check],
    ) -> None:
        """Write them.

        Args:
            reports: By the names that they are asked for by.
            targets: The hosts, in the order in which they are reported.
            read: Returns the run of a host by its place among them; called in a worker.
            lost: Returns the run of one that no worker could read, for that reason.
            checks: All checks, by id.

        Raises:
            ReportError: There is no room for them.
        """
        self._reports = reports
        self._read_run, self._lost = read, lost
        self._checks = checks
        self._outlines = OutlineWriter(checks)
        self._targets = targets
        self._places = self._name_hosts()
        self._file, name = tempfile.mkstemp(prefix="rempart-")
        os.unlink(name)
        weakref.finalize(self, os.close, self._file)
        self._parts: list[Told] = [(0, [])] * len(targets)
        for report in reports.values():
            if isinstance(report, DirectoryReport):
                report.part(read)
        try:
            self._write_all(list(range(len(targets))))
            again = {
                place
                for name, report in reports.items()
                if isinstance(report, DirectoryReport)
                for place in report.review(self._firsts(name))
            }
            if again:
                self._write_all(sorted(again))
        except OSError as error:
            why = reason_of(error)
            raise ReportError(Message("file.failed", path=tempfile.gettempdir(), error=why)) from error

    def _write_all(self, places: Sequence[int]) -> None:
        """Write the pieces of hosts, in as many processes as there are cores."""
        pool = Pool(
            lambda number, _: self._write(places[number], self._read_run(places[number])),
            os.cpu_count() or 1,
            _DEADLINE,
        )
        for number, told, error in pool.run([""] * len(places)):
            place = places[number]
            self._keep(place, *(told if told is not None else self._write(place, self._lost(place, say_both(error)))))

    def _firsts(self, name: str) -> Iterator[str]:
        """Yield the first piece of each host in one report."""
        index = list(self._reports).index(name)
        for start, sizes in self._parts:
            begin = start + sum(map(sum, sizes[:index]))
            yield read_text(StoredPiece(self._file, begin, sizes[index][0])) if sizes[index] else ""

    def _name_hosts(self) -> dict[str, list[str]]:
        """Return what each host is called in each report that asks for names."""
        named = {}
        for name, report in self._reports.items():
            if report.NAMED:
                claim = report.names()
                named[name] = [claim(report.name(target)) for target in self._targets]
        return named

    def _write(self, place: int, run: Run) -> Told:
        """Write the pieces of one host, all of them in a row.

        What a report needs to know of the run, an outline of what it asks for, stands behind its own.
        """
        sizes = []
        parts: list[bytes] = []
        for name, report in self._reports.items():
            called = self._places[name][place] if report.NAMED else ""
            pieces = [piece.encode(*_CODING) for piece in report.fragment(run, Place(place, called))]
            if report.outlined:
                told = self._outlines.write(report.sift(run))
                pieces.append(json.dumps(told, separators=(",", ":")).encode())
            sizes.append([len(piece) for piece in pieces])
            parts += pieces
        return add_to(self._file, b"".join(parts)), sizes

    def _keep(self, place: int, begin: int, sizes: list[list[int]]) -> None:
        if begin < 0 or begin + sum(map(sum, sizes)) > os.fstat(self._file).st_size:
            raise ValueError("a worker's pieces are not where it says")
        self._parts[place] = begin, sizes

    def of(self, name: str) -> "ReportPieces":
        """Return the pieces of one report."""
        return ReportPieces(self, list(self._reports).index(name), self._reports[name])

    def read(self, index: int) -> Iterator[Written]:
        """Yield what was written of each host in one report.

        Args:
            index: The report's number.
        """
        outlined = list(self._reports.values())[index].outlined
        outlines = OutlineReader(self._checks)
        for (start, sizes), target in zip(self._parts, self._targets, strict=True):
            begin = start + sum(map(sum, sizes[:index]))
            pieces = []
            for size in sizes[index]:
                pieces.append(StoredPiece(self._file, begin, size))
                begin += size
            run = outlines.read(json.loads(pieces.pop().read())) if outlined else None
            yield Written(pieces, run, target.name)


class ReportPieces:
    """The pieces of one report; see ``contract.PiecesOf``.

    Attributes:
        report: The report.
    """

    def __init__(self, pieces: FleetPieces, index: int, report: Report) -> None:
        """Read nothing yet.

        Args:
            pieces: The pieces of all reports.
            index: The report's number among them.
            report: The report.
        """
        self._pieces = pieces
        self._index = index
        self.report = report

    def __iter__(self) -> Iterator[Written]:
        """See PiecesOf.__iter__."""
        return self._pieces.read(self._index)
