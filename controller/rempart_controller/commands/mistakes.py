"""What is wrong with a command's options, all of it at once."""

from collections.abc import Sequence

from rempart_core.error import UsageError


def refuse(mistakes: Sequence[str]) -> None:
    """Refuse options that hold mistakes.

    Raises:
        UsageError: There are some; it tells all of them, a line each.
    """
    if mistakes:
        raise UsageError("\nrempart: ".join(mistakes))
