"""Comma-separated values for a spreadsheet: one line for each result, the first line names the columns.

Sources: RFC 4180; OWASP "CSV Injection": a cell that begins with ``=``, ``+``, ``-`` or ``@`` is a formula to a
spreadsheet, so an apostrophe goes before it, for what a machine says must stay text.
"""

from collections.abc import Iterable, Sequence

from rempart_core.model.result import Run
from rempart_reports.formats import contract
from rempart_reports.formats.contract import Place
from rempart_reports.views.result_row import Cell, flatten, name_columns
from rempart_reports.writing.evidence import show

_FORMULA = ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20")  # the wide forms count in some spreadsheets


class Report(contract.Report):
    """See contract.Report. Evidence is counted; its rows stand in the JSON reports."""

    def head(self) -> str:
        """See contract.Report.head."""
        return _write_lines([name_columns(self.options)])

    def fragment(self, run: Run, place: Place) -> Sequence[str]:
        """See contract.Report.fragment."""
        del place
        columns, language = name_columns(self.options), self.options.language
        records = (record for record, _ in flatten(run, self.options))
        return [_write_lines([_write_cell(record[column], language) for column in columns] for record in records)]


def _write_lines(rows: Iterable[Sequence[str]]) -> str:
    import csv
    import io

    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerows(rows)
    return out.getvalue()


def _write_cell(value: Cell, language: str) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int):
        return str(value)
    if not isinstance(value, str):
        value = "; ".join(f"{framework} {', '.join(requirements)}" for framework, requirements in value.items())
    text = show(value, language)
    return f"'{text}" if text.lstrip().startswith(_FORMULA) else text
