"""The report formats by name, imported on use."""

from importlib import import_module
from typing import cast

from rempart_core.error import UsageError
from rempart_reports.formats.contract import DirectoryFormat, Format
from rempart_reports.views.options import Options

FORMATS = {
    "csv": "rempart_reports.formats.csv",
    "html": "rempart_reports.formats.html.page",
    "json": "rempart_reports.formats.json",
    "jsonl": "rempart_reports.formats.jsonl",
    "junit": "rempart_reports.formats.junit",
    "markdown": "rempart_reports.formats.markdown",
    "terminal": "rempart_reports.formats.terminal",
}

DIRECTORIES = ("html", "junit")  # those that can fill a directory, see DirectoryFormat

__all__ = ["DIRECTORIES", "FORMATS", "DirectoryFormat", "Format", "Options", "load", "load_directory"]


def load(name: str) -> Format:
    """Return the format of that name.

    Raises:
        UsageError: There is none.
    """
    if name not in FORMATS:
        raise UsageError(f"no report format {name!r}; there are {', '.join(FORMATS)}")
    return cast("Format", import_module(FORMATS[name]))


def load_directory(name: str) -> DirectoryFormat:
    """Return the format of that name that fills a directory.

    Raises:
        UsageError: There is none.
    """
    if name not in DIRECTORIES:
        raise UsageError(f"no report format {name!r} fills a directory; there are {', '.join(DIRECTORIES)}")
    return cast("DirectoryFormat", import_module(FORMATS[name]))
