"""What a report format is: results in, a document out."""

from collections.abc import Callable, Iterable
from typing import Protocol, TextIO

from rempart_core.model.result import Run
from rempart_reports.views.options import Options


class Format(Protocol):
    """One report format: a module of this package."""

    def write(self, runs: Iterable[Run], out: TextIO, options: Options) -> None:
        """Write the report of ``runs`` to ``out``.

        Args:
            runs: Taken one at a time and not kept: there may be a fleet of them.
            out: Where it goes. Errors of writing are ``OSError``.
            options: How it is written.
        """


class DividedFormat(Format, Protocol):
    """A format whose files may not grow without end, and that goes on in another one.

    Attributes:
        MARK: What each file holds within its first 1,000 bytes, so that older parts are known for ours.
    """

    MARK: str

    def write_parts(self, runs: Iterable[Run], begin: Callable[[], TextIO], options: Options) -> None:
        """Write the report of ``runs`` in as many documents as it needs, at least one.

        Args:
            runs: Taken one at a time and not kept.
            begin: Begins the next document and ends the one before.
            options: How it is written.
        """


class DirectoryFormat(Protocol):
    """A format that can fill a directory: a file a host, or linked pages."""

    def write_directory(self, path: str, runs: Iterable[Run], options: Options) -> None:
        """Write the report of ``runs`` into the directory ``path``, which is made where there is none.

        Files of an earlier report that are not part of this one are taken away; files that are not ours stay.

        Raises:
            ReportError: It could not be written.
        """
