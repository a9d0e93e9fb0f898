"""The content that comes with Rempart: where ``checks/`` and ``playbooks/`` lie."""

import os
from collections.abc import Sequence

from rempart_core.error import ContentError, Mistake, UsageError
from rempart_core.messages.message import Message


def content_root() -> str:
    """Return the directory that holds ``checks/`` and ``playbooks/``.

    In a wheel that is ``rempart_core/content``; in a checkout, installed editable or not, the root of the repository.

    Raises:
        ContentError: Rempart was installed without its checks.
    """
    package = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    return find_root(package)


def find_root(package: str) -> str:
    """Return the content root for a package that lies at the path ``package``; see :func:`content_root`.

    Raises:
        ContentError: No checks lie where they are looked for.
    """
    inside = os.path.join(package, "content")
    if os.path.isdir(os.path.join(inside, "checks")):
        return inside
    folder = os.path.dirname(package)
    root = os.path.dirname(folder)
    if os.path.basename(folder) == "core" and os.path.isdir(os.path.join(root, "checks")):
        return root
    raise ContentError([Mistake(inside, 0, 0, Message("content.not_installed"))])


def check_directories(own: Sequence[str]) -> list[str]:
    """Return the folders of checks: ours, and the user's own.

    Raises:
        UsageError: one does not exist.
    """
    from rempart_core.content.place import content_root

    for directory in own:
        if not os.path.isdir(directory):
            raise UsageError(Message("select.no_directory", directory=directory))
    return [content_root() + "/checks", *(os.path.abspath(d) for d in own)]
