"""Sheets of text as a workbook: no cell is ever a formula, a number or a link.

The only module that imports XlsxWriter.
"""

import io
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from itertools import chain, islice
from typing import TYPE_CHECKING, Any

from rempart_core.error import UsageError
from rempart_core.messages.message import Message
from rempart_core.text import clean
from rempart_reports.views.dossier.sheet import Sheet
from rempart_reports.writing.binary_file import write_binary

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer as Buffer

CELL = 32_000
"""Characters of a cell; the format holds 32,767."""
ROWS = 1_000_000
"""Rows of a sheet; the format holds 1,048,576. What is more goes on in another sheet."""
_WIDTH = 40  # columns are as wide as their head and their first cells, up to that
_MEASURED = 100  # rows


def expect_sheets() -> None:
    """Look whether workbooks can be written here, before anything is read.

    Raises:
        UsageError: The extra is not installed.
    """
    _load()


def _load() -> Any:
    try:
        import xlsxwriter
    except ImportError as error:
        raise UsageError(Message("report.no_sheets")) from error
    return xlsxwriter


class _File(io.FileIO):
    """A file that keeps its first failure for the end: what compresses would else write again as it is thrown away."""

    def __init__(self, path: str) -> None:
        super().__init__(path, "w")
        self.failure: OSError | None = None

    def write(self, data: "Buffer", /) -> int:
        rest = memoryview(data).cast("B")
        size = len(rest)
        try:
            while self.failure is None and rest:
                rest = rest[super().write(rest) :]
        except OSError as error:
            self.failure = error
        return size


def write_workbook(path: str, sheets: Iterable[Sheet], at: int) -> None:
    """Write sheets to a file; see ``write_binary``.

    Args:
        path: The file; ``-`` is standard output.
        sheets: One after the other; the rows of each are taken one at a time.
        at: The moment that it tells of, seconds since 1970: the same sheets give the same bytes.

    Raises:
        UsageError: The extra is not installed.
        ReportError: It could not be written.
    """
    library = _load()

    def write(beside: str) -> None:
        options = {
            "constant_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        }
        file = _File(beside)
        book = library.Workbook(file, options)
        book.set_properties({"created": datetime.fromtimestamp(at, UTC).replace(tzinfo=None)})
        bold = book.add_format({"bold": True})
        for sheet in sheets:
            _write(book, sheet, bold)
        book.close()
        file.close()
        if file.failure is not None:
            raise file.failure

    write_binary(path, write)


def _write(book: Any, sheet: Sheet, bold: Any) -> None:
    page, row = None, 0
    rows = iter(sheet.rows)
    first = list(islice(rows, _MEASURED))
    widths = _measure(sheet, first)
    for cells in chain(first, rows):
        if page is None or row > ROWS:
            page, row = _begin(book, sheet, widths, bold), 1
        _write_row(page, row, cells)
        row += 1
    if page is None:
        _begin(book, sheet, widths, bold)


def _measure(sheet: Sheet, rows: Sequence[Sequence[str]]) -> list[int]:
    """Return the widths of columns, in characters; heads are bold and so need more."""
    widths = [max(12, len(head) + 4) for head in sheet.heads]
    for cells in rows:
        for column, cell in enumerate(cells[: len(widths)]):
            widths[column] = max(widths[column], len(cell) + 2)
    return [min(_WIDTH, width) for width in widths]


def _begin(book: Any, sheet: Sheet, widths: Sequence[int], bold: Any) -> Any:
    number = sum(one.get_name().startswith(sheet.name) for one in book.worksheets())
    page = book.add_worksheet(f"{sheet.name} {number + 1}" if number else sheet.name)
    page.freeze_panes(1, 0)
    for column, head in enumerate(sheet.heads):
        page.set_column(column, column, widths[column])
        page.write_string(0, column, head, bold)
    return page


def _write_row(page: Any, row: int, cells: Sequence[str]) -> None:
    for column, cell in enumerate(cells):
        if cell:
            page.write_string(row, column, clean(cell)[:CELL])
