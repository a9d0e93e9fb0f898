"""The report formats by name, imported on use."""

from importlib import import_module
from typing import cast

from rempart_core.error import UsageError
from rempart_reports.contract import Format, Options

FORMATS = {
    "html": "rempart_reports.html",
    "json": "rempart_reports.json",
    "junit": "rempart_reports.junit",
    "markdown": "rempart_reports.markdown",
    "terminal": "rempart_reports.terminal",
}

__all__ = ["FORMATS", "Format", "Options", "load"]


def load(name: str) -> Format:
    """Return the format of that name.

    Raises:
        UsageError: There is none.
    """
    if name not in FORMATS:
        raise UsageError(f"no report format {name!r}; there are {', '.join(FORMATS)}")
    return cast("Format", import_module(FORMATS[name]))
