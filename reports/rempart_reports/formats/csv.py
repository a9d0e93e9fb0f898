"""Comma-separated values for a spreadsheet: one line for each result, the first line names the columns.

Sources: RFC 4180; OWASP "CSV Injection": a cell that begins with ``=``, ``+``, ``-`` or ``@`` is a formula to a
spreadsheet, so an apostrophe goes before it, for what a machine says must stay text.
"""

from collections.abc import Iterable
from typing import Any, TextIO

from rempart_core.model.result import Run
from rempart_reports.views.options import Options
from rempart_reports.views.result_row import flatten, name_columns
from rempart_reports.writing.evidence import show

_FORMULA = ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20")  # the wide forms count in some spreadsheets


def write(runs: Iterable[Run], out: TextIO, options: Options) -> None:
    """See Format.write. Evidence is counted; its rows stand in the JSON reports."""
    import csv

    sheet = csv.writer(out, lineterminator="\r\n")
    columns = name_columns(options)
    sheet.writerow(columns)
    for run in runs:
        for record, _ in flatten(run, options):
            sheet.writerow([_write_cell(record[column], options.language) for column in columns])


def _write_cell(value: Any, language: str) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int):
        return str(value)
    if isinstance(value, dict):
        value = "; ".join(f"{framework} {', '.join(requirements)}" for framework, requirements in value.items())
    text = show(value, language)
    return f"'{text}" if text.lstrip().startswith(_FORMULA) else text
