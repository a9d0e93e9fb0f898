"""The report formats by name: where each is, imported on use, and what the command line says of it."""

from importlib import import_module
from typing import TYPE_CHECKING, NamedTuple, cast

from rempart_core.error import UsageError
from rempart_core.messages.message import Message

if TYPE_CHECKING:  # what reads options needs no contract
    from rempart_reports.formats.contract import DirectoryReport, Report


class Entry(NamedTuple):
    """A report format.

    Attributes:
        module: Where it is; see ``contract.Report``.
        file: The message of what ``rempart audit --NAME FILE`` does; ``""`` for a format that no file is written in.
        after: The message of what ``rempart apply --NAME FILE`` writes; ``{when}`` in it says when the audit is.
        folder: The message of what ``rempart audit --NAME-dir DIR`` does; ``""`` where it fills none.
        pages: The module of its ``contract.DirectoryReport``, where that is another one.
    """

    module: str
    file: str = ""
    after: str = ""
    folder: str = ""
    pages: str = ""


_HERE = "rempart_reports.formats"
FORMATS = {
    "junit": Entry(f"{_HERE}.junit", "help.format_junit", "help.format_junit_after", "help.format_junit_folder"),
    "html": Entry(
        f"{_HERE}.html.page",
        "help.format_html",
        "help.format_html_after",
        "help.format_html_folder",
        f"{_HERE}.html.fleet_pages",
    ),
    "json": Entry(f"{_HERE}.json", "help.format_json", "help.format_json_after"),
    "markdown": Entry(f"{_HERE}.markdown", "help.format_markdown", "help.format_markdown_after"),
    "csv": Entry(f"{_HERE}.csv", "help.format_csv", "help.format_csv_after"),
    "jsonl": Entry(f"{_HERE}.jsonl", "help.format_jsonl", "help.format_jsonl_after"),
    "sarif": Entry(f"{_HERE}.sarif", "help.format_sarif", "help.format_sarif_after"),
    "terminal": Entry(f"{_HERE}.terminal"),
}


def load(name: str) -> "type[Report]":
    """Return the format of that name.

    Raises:
        UsageError: There is none.
    """
    if name not in FORMATS:
        raise UsageError(Message("report.no_format", name=name, known=", ".join(FORMATS)))
    return cast("type[Report]", import_module(FORMATS[name].module).Report)


def load_directory(name: str) -> "type[DirectoryReport]":
    """Return the format of that name that fills a directory.

    Raises:
        UsageError: There is none.
    """
    if name not in FORMATS or not FORMATS[name].folder:
        there = ", ".join(one for one, entry in FORMATS.items() if entry.folder)
        raise UsageError(Message("report.no_folder_format", name=name, known=there))
    module = import_module(FORMATS[name].pages or FORMATS[name].module)
    return cast("type[DirectoryReport]", module.DirectoryReport)
