"""Who does something, and who agrees: names that are given, and the login name that the system knows."""

import os
import unicodedata

from rempart_controller.incident.timeline import Author
from rempart_core.error import UsageError
from rempart_core.messages.message import Message
from rempart_core.text import clean_line

_UNSET = 0xFFFFFFFF  # of /proc/self/loginuid, where nobody logged in


def find_author(by: str) -> Author:
    """Return who does something.

    Args:
        by: The name that is given; ``""`` for the login name.
    """
    login = find_login()
    return Author(login, clean_line(by.strip()) or login)


def find_login() -> str:
    """Return the login name, as the kernel knows it: ``anna as root`` where it is another's than the process's."""
    mine = _name_of(os.geteuid())
    try:
        with open("/proc/self/loginuid", encoding="ascii") as file:
            number = int(file.read())
    except (OSError, ValueError):
        return mine
    return mine if number in {_UNSET, os.geteuid()} else f"{_name_of(number)} as {mine}"


def _name_of(number: int) -> str:
    import pwd

    try:
        return pwd.getpwuid(number).pw_name
    except KeyError:
        return str(number)


def expect_two(author: Author, approved: str, what: Message, otherwise: str = "") -> str:
    """Return the name of the second person.

    Args:
        author: Who does it.
        approved: Who agrees.
        what: What is done, for the message.
        otherwise: Which option does without; ``""`` for none.

    Raises:
        UsageError: There is none, or it is the same.
    """
    name = clean_line(approved.strip())
    if not name:
        if otherwise:
            raise UsageError(Message("incident.second_person_or", what=what, option=otherwise))
        raise UsageError(Message("incident.second_person", what=what))
    if _plain(name) in {_plain(author.by), _plain(author.login)}:
        raise UsageError(Message("incident.same_person", name=name, what=what))
    return name


def _plain(name: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())
