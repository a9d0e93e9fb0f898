"""Rempart's own errors. No exception of a library leaves the package that uses it.

RempartError
├── ContentError      checks, profiles, parameters, waivers: all mistakes of all files at once
├── UsageError        what was asked on the command line can't be done
├── DocumentError     a run document is no run document of ours
├── EngineError       an engine can't be had or has gone away
├── EndpointError     an endpoint can't be reached, or does not answer as it should
├── StoreError        the store can't be opened, read or written
├── KeyFileError      the signing key can't be had
├── SpoolError        a signed document can't be kept until a controller takes it, or not be given to one
├── DeliveryError     a server to which an agent pushes can't be reached, or does not answer as it should
├── WheelhouseError   what an installed agent is made of can't be had
├── ScheduleError     a timer could not be written, started or taken away
├── RemediationError  a change could not be made or undone
├── AttestationError  an image can't be attested, or an attestation is none that this version reads
├── ServerError       `rempart server` can't listen, or another process of it ended
├── IncidentError     the record of an incident is damaged, or can't be read or written
└── ReportError       a report could not be written
    └── NotificationError  a message did not arrive
"""

from typing import NamedTuple

from rempart_core.messages.message import Message, lines


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
    message: Message

    def __str__(self) -> str:
        """Return ``file:line:column: message``, in English."""
        return self.say("en")

    def say(self, language: str) -> str:
        """Return ``file:line:column: message``.

        Args:
            language: ``en`` or ``fr``.
        """
        from rempart_core.messages.say import say

        return say(self.told, language)

    @property
    def told(self) -> Message:
        """Return the same as a message."""
        place = self.file
        if self.line:
            place += f":{self.line}"
            if self.column:
                place += f":{self.column}"
        return Message("text.placed", place=place, told=self.message)


class RempartError(Exception):
    """Any error that Rempart raises on purpose.

    Attributes:
        message: What went wrong, for people; ``str()`` of the error says it in English.
    """

    def __init__(self, message: Message) -> None:
        """Make one; what another said stands in a message as data, see ``as_is``."""
        self.message = message
        super().__init__(message)

    def __str__(self) -> str:
        """Return the message in English."""
        from rempart_core.messages.say import say

        return say(self.message)


class ContentError(RempartError):
    """Content files hold mistakes; the audit does not start.

    Attributes:
        mistakes: All of them, of all files, in the order of files and lines.
    """

    def __init__(self, mistakes: list[Mistake]) -> None:
        self.mistakes = sorted(set(mistakes), key=lambda one: (one.file, one.line, one.column, str(one.message)))
        super().__init__(lines([one.told for one in self.mistakes]))


class UsageError(RempartError):
    """What was asked can't be done: a wrong option, a selection that matches no check."""


class DocumentError(RempartError):
    """A file is no run document that this version reads."""


class EngineError(RempartError):
    """An engine can't be had, or has gone away."""


class EndpointError(RempartError):
    """An endpoint can't be reached, or does not answer as it should: it alone is silent, the run goes on.

    Attributes:
        kind: ``refused``, ``timeout``, ``auth``, ``unknown_key``, ``changed_key``, ``become``, ``no_python``,
            ``system``, ``protocol``, ``ended`` or ``settings``.
    """

    def __init__(self, message: Message, kind: str = "refused") -> None:
        """Say why an endpoint gave no answer.

        Args:
            message: In words.
            kind: The class of reasons: ``auth``, ``timeout``, ``protocol``, ``settings`` and others, as :attr:`kind`
                has them.
        """
        self.kind = kind
        super().__init__(message)


class StoreError(RempartError):
    """The store can't be opened, read or written."""


class KeyFileError(RempartError):
    """The signing key can't be had: it can't be read or made, or others may read it."""


class SpoolError(RempartError):
    """A signed document can't be kept until a controller takes it, or not be given to one."""


class DeliveryError(RempartError):
    """A server to which an agent pushes can't be reached, or does not answer as it should: what waits, waits on."""


class WheelhouseError(RempartError):
    """What an installed agent is made of can't be had."""


class ScheduleError(RempartError):
    """A timer could not be written, started or taken away."""


class RemediationError(RempartError):
    """A change of endpoints could not be made or undone."""


class AttestationError(RempartError):
    """An image can't be attested, or an attestation is none that this version reads."""


class IncidentError(RempartError):
    """The record of an incident is damaged, or can't be read or written."""


class ServerError(RempartError):
    """``rempart server`` can't listen, or its worker ended."""


class ReportError(RempartError):
    """A report could not be written."""


class NotificationError(ReportError):
    """A message did not arrive."""
