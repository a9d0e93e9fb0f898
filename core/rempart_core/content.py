"""The content that comes with Rempart: where ``checks/`` and ``playbooks/`` lie, and a digest of checks."""

import os
from collections.abc import Iterable

from rempart_core.check import Check
from rempart_core.error import ContentError, Mistake


def content_root() -> str:
    """Return the directory that holds ``checks/`` and ``playbooks/``.

    In a wheel that is ``rempart_core/content``; in a checkout, installed editable or not, the root of the repository.

    Raises:
        ContentError: Rempart was installed without its checks.
    """
    package = os.path.dirname(os.path.abspath(__file__))
    return find_root(package)


def find_root(package: str) -> str:
    """Return the content root for a package that lies at the path ``package``; see :func:`content_root`."""
    inside = os.path.join(package, "content")
    if os.path.isdir(os.path.join(inside, "checks")):
        return inside
    folder = os.path.dirname(package)
    root = os.path.dirname(folder)
    if os.path.basename(folder) == "core" and os.path.isdir(os.path.join(root, "checks")):
        return root
    message = "the checks that come with Rempart are not installed: install it again, or name some with --checks-dir"
    raise ContentError([Mistake(inside, 0, 0, message)])


def digest(checks: Iterable[Check]) -> str:
    """Return the SHA-256, in hex, over the files of some checks, in whatever order they come.

    Severities, exclusions and parameter values, which a profile may change, are in the run itself.
    """
    from hashlib import sha256

    lines = sorted(f"{check.id} {check.digest}\n" for check in checks)
    return sha256("".join(lines).encode()).hexdigest()
