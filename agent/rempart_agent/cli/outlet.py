r"""The one way out: all that a command prints goes through it, and no line of it is a command to a build service.

A pipeline reads its log for commands: ``##vso[``, ``##[`` and ``##teamcity[`` anywhere in a line, ``::name::`` at the
beginning of one. Reports break these where they render text; this stream breaks them once more wherever they come
from: an error, a help, a table, a traceback of a library. JSON has ``##`` escaped before
(:func:`rempart_core.text.quiet_json`), so that it stays what it is.

Sources: actions/runner ``ActionCommand.cs`` (both versions); microsoft/azure-pipelines-agent ``Command.cs``; TeamCity
"Service Messages".
"""

import re
import sys
from typing import Any

_TAIL = 16  # characters of a line that are remembered: more than the longest beginning of a command
_MARK = re.compile(r"##(?=\[|vso\[|teamcity\[)", re.IGNORECASE)
_ENDS = ("\n", "\r", "\v", "\f", "\x1c", "\x1d", "\x1e", "\x85", "\u2028", "\u2029")  # of lines, to splitlines


class Outlet:
    """A text stream that hands all on to another one, each line harmless; for all else it is that one."""

    def __init__(self, stream: Any) -> None:
        """Write to ``stream``."""
        self._stream = stream
        self._lead = ""  # the first characters of the line but blanks, two at most, as far as it was handed on
        self._end = ""  # its last characters

    def write(self, text: str) -> int:
        """See ``io.TextIOBase.write``."""
        parts = text.splitlines(keepends=True) if text else []
        self._stream.write("".join([self._harmless(part) for part in parts]))
        return len(text)

    def writelines(self, lines: Any) -> None:
        """See ``io.IOBase.writelines``."""
        for line in lines:
            self.write(line)

    def _harmless(self, part: str) -> str:
        """Return a line, or a part of one, such that what was handed on before and it make no command."""
        if len(self._lead) < 2:
            more = part if self._lead else part.lstrip()
            if (self._lead + more).startswith("::"):
                at = 0 if self._lead else len(part) - len(more) + 1
                part = part[:at] + "\\" + part[at:]
            self._lead = (self._lead + more)[:2]
        whole = self._end + part
        if "##" in whole:
            whole = _MARK.sub(r"##\\", whole)
        told = whole[len(self._end) :]
        self._end = whole[-_TAIL:]
        if part.endswith(_ENDS):
            self._lead = self._end = ""
        return told

    def __getattr__(self, name: str) -> Any:
        """Return what the stream has."""
        return getattr(self._stream, name)


def install() -> None:
    """Put one before standard output and standard error."""
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is not None and not isinstance(stream, Outlet):
            setattr(sys, name, Outlet(stream))
