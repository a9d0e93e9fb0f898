"""Who gives a command on the server's own machine, for its log; and how long something lasts, as options say it."""

import argparse
import getpass
import re

from rempart_agent.cli.language import words

_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86_400}
_LONGEST = 3650 * 86_400


def console() -> str:
    """Return the actor of a command: ``console:`` and the user's name."""
    try:
        return f"console:{getpass.getuser()}"
    except (KeyError, OSError):  # a user without a name
        return "console:"


def duration(text: str) -> int:
    """Return the seconds of ``90s``, ``30m``, ``24h`` or ``7d``, as argparse takes it.

    Raises:
        ArgumentTypeError: It is no duration, or longer than ten years.
    """
    found = re.fullmatch(r"(\d{1,9})([smhd])", text, re.ASCII)
    seconds = int(found[1]) * _UNITS[found[2]] if found else -1
    if not 0 <= seconds <= _LONGEST:
        from rempart_core.suggestion import quoted

        raise argparse.ArgumentTypeError(words("server_node.duration", text=quoted(text)))
    return seconds


def positive(text: str) -> int:
    """Return a whole number from 1, as argparse takes it.

    Raises:
        ArgumentTypeError: It is none, or above a thousand millions.
    """
    if not re.fullmatch(r"[1-9]\d{0,8}", text, re.ASCII):
        from rempart_core.suggestion import quoted

        raise argparse.ArgumentTypeError(words("server_node.number", text=quoted(text)))
    return int(text)
