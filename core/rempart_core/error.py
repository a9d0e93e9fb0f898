"""Rempart's own errors. No exception of a library leaves the package that uses it.

RempartError
├── ContentError      checks, profiles, parameters, waivers: all mistakes of all files at once
├── UsageError        what was asked on the command line can't be done
├── DocumentError     a run document is no run document of ours
├── EngineError       an engine can't be had or has gone away
└── ReportError       a report could not be written
"""

from typing import NamedTuple


class Mistake(NamedTuple):
    """One mistake in a content file.

    Attributes:
        file: Path of the file as it was given, or what stands for it (``--param``).
        line: Line, from 1; 0 where the whole file is meant.
        column: Column, from 1; 0 where the whole line is meant.
        message: What is wrong and what to write instead.
    """

    file: str
    line: int
    column: int
    message: str

    def __str__(self) -> str:
        """Return ``file:line:column: message``."""
        place = self.file
        if self.line:
            place += f":{self.line}"
            if self.column:
                place += f":{self.column}"
        return f"{place}: {self.message}"


class RempartError(Exception):
    """Any error that Rempart raises on purpose."""


class ContentError(RempartError):
    """Content files hold mistakes; the audit does not start.

    Attributes:
        mistakes: All of them, of all files, in the order of files and lines.
    """

    def __init__(self, mistakes: list[Mistake]) -> None:
        self.mistakes = sorted(set(mistakes))
        super().__init__("\n".join(str(m) for m in self.mistakes))


class UsageError(RempartError):
    """What was asked can't be done: a wrong option, a selection that matches no check."""


class DocumentError(RempartError):
    """A file is no run document that this version reads."""


class EngineError(RempartError):
    """An engine can't be had, or has gone away."""


class ReportError(RempartError):
    """A report could not be written."""
