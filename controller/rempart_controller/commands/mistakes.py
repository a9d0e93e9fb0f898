"""What is wrong with a command's options, all of it at once."""

from collections.abc import Sequence

from rempart_core.error import UsageError
from rempart_core.messages.message import Message
from rempart_core.messages.message import mistakes as in_lines


def refuse(mistakes: Sequence[Message]) -> None:
    """Refuse options that hold mistakes.

    Raises:
        UsageError: There are some; it tells all of them, a line each.
    """
    if mistakes:
        raise UsageError(in_lines(mistakes))
