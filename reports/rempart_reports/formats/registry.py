"""The report formats by name: where each is, imported on use, and what the command line says of it."""

from importlib import import_module
from typing import TYPE_CHECKING, NamedTuple, cast

from rempart_core.error import UsageError
from rempart_core.messages.message import Message

if TYPE_CHECKING:  # what reads options needs no contract
    from rempart_reports.formats.contract import DirectoryFormat, Report


class Entry(NamedTuple):
    """A report format.

    Attributes:
        module: Where it is; see ``contract.Report``.
        file: What ``rempart audit --NAME FILE`` does; ``""`` for a format that no file is written in.
        after: What ``rempart apply --NAME FILE`` writes, where ``{when}`` says when the audit is.
        folder: What ``rempart audit --NAME-dir DIR`` does; ``""`` where the format is no ``contract.DirectoryFormat``.
    """

    module: str
    file: str = ""
    after: str = ""
    folder: str = ""


_HERE = "rempart_reports.formats"
FORMATS = {
    "junit": Entry(
        f"{_HERE}.junit",
        "write a JUnit report",
        "a JUnit report of the audit {when}",
        "write a JUnit report a host, TEST-HOST.xml, into a directory",
    ),
    "html": Entry(
        f"{_HERE}.html.page",
        "write one self-contained page",
        "a page of it",
        "write linked pages into a directory: the fleet, each host, each check",
    ),
    "json": Entry(
        f"{_HERE}.json",
        "write the run document; with -i, for one host too, JSON lines, a run a line",
        "its run documents, a run a line",
    ),
    "markdown": Entry(
        f"{_HERE}.markdown",
        "write a summary for a CI job; with -i of the fleet, worst hosts first",
        "a summary of it for a CI job",
    ),
    "csv": Entry(
        f"{_HERE}.csv",
        "write a line for each result, for a spreadsheet",
        "a line for each of its results, for a spreadsheet",
    ),
    "jsonl": Entry(
        f"{_HERE}.jsonl",
        "write a JSON object for each result, one a line",
        "the same as JSON, with the evidence",
    ),
    "sarif": Entry(
        f"{_HERE}.sarif",
        "write findings, and what was not judged, as SARIF 2.1.0 for code scanning",
        "findings of it as SARIF 2.1.0 for code scanning",
    ),
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


def load_directory(name: str) -> "DirectoryFormat":
    """Return the format of that name that fills a directory.

    Raises:
        UsageError: There is none.
    """
    if name not in FORMATS or not FORMATS[name].folder:
        there = ", ".join(one for one, entry in FORMATS.items() if entry.folder)
        raise UsageError(Message("report.no_folder_format", name=name, known=there))
    return cast("DirectoryFormat", import_module(FORMATS[name].module))
