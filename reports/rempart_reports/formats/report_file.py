"""A report in a file: the format is loaded by its name, and what is written of each run is joined."""

from collections.abc import Callable, Iterable
from typing import TextIO

from rempart_core.model.result import Run
from rempart_reports.formats.contract import Pieces, PiecesOf, number_pieces, write_pieces
from rempart_reports.formats.registry import load
from rempart_reports.views.options import Options
from rempart_reports.writing.file import write_file
from rempart_reports.writing.piece import measure_piece, write_piece


def write_report(path: str, name: str, runs: Iterable[Run], options: Options) -> None:
    """Write the report of ``runs`` to ``path``; see :func:`join_report`.

    Args:
        path: Where to.
        name: A key of :data:`rempart_reports.formats.registry.FORMATS`.
        runs: What was found.
        options: How it is written.

    Raises:
        ReportError: It could not be written.
        UsageError: There is no such format.
    """
    join_report(path, Pieces(load(name), runs, options))


def join_report(path: str, pieces: PiecesOf) -> None:
    """Write a report whose pieces are there to ``path``; see :func:`rempart_reports.writing.file.write_file`.

    Args:
        path: Where to.
        pieces: What was written of each run.

    Raises:
        ReportError: It could not be written.
    """
    report = pieces.report
    divide = (lambda begin: _write_parts(pieces, begin)) if report.PART_BYTES else None
    write_file(path, lambda out: write_pieces(pieces, out), divide, report.MARK)


def _write_parts(pieces: PiecesOf, begin: Callable[[], TextIO]) -> None:
    """Join the pieces in as many files as they need, at least one; what is one piece stands in one file.

    Args:
        pieces: The pieces.
        begin: Begins the next file and ends the one before.
    """
    report = pieces.report
    head, foot = report.head(), report.tail(0)
    fixed = len(head.encode()) + len(foot.encode())
    out, size = None, 0
    for _, piece in number_pieces(pieces):
        length = measure_piece(piece)
        if out is not None and size + length > report.PART_BYTES:
            out.write(foot)
            out = None
        if out is None:
            out, size = begin(), fixed
            out.write(head)
        write_piece(piece, out)
        size += length
    if out is None:
        out = begin()
        out.write(head)
    out.write(foot)
