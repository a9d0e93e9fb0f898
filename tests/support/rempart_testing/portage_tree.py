"""A Gentoo system's packages, as portage(5) lays them out."""

from __future__ import annotations

from pathlib import Path

from rempart_agent.targets.root import RootTarget
from rempart_testing.real_osquery import ask, told
from rempart_testing.target import lay

VIM = "/var/db/pkg/app-editors/vim-9.0.1-r2/"
FILES = {
    VIM + "SLOT": "0\n",
    VIM + "SIZE": "123\n",
    VIM + "EAPI": "8\n",
    VIM + "BUILD_TIME": "1700000000\n",
    VIM + "repository": "gentoo\n",
    VIM + "USE": "acl  nls python_targets_python3_11\n",
    "/var/db/pkg/dev-libs/lib-x-1.2/USE": "\n",
    "/var/db/pkg/dev-libs/lib-x-1.2/SLOT": "1/2\n",
    "/var/db/pkg/virtual/noversion/SLOT": "0",
    "/var/db/pkg/world": "x",
    "/var/lib/portage/world": "# c\napp-editors/vim\n\nsys-apps/foo x\n",
    "/etc/portage/package.keywords": "# c\n=app-editors/vim-9.0.1 ~amd64 x86\n>=dev-libs/a-1.0-r1\nsys-libs/b # no\n"
    "cat/c **\n",
    "/etc/portage/package.mask": "cat/c\n<cat/d-2\n",
    "/etc/portage/package.unmask": "~cat/e-1\n<cat/d-2\n",
}


def system(root: Path) -> RootTarget:
    """Make the system.

    Args:
        root: A directory that does not exist yet.
    """
    root.mkdir()
    lay(root, FILES)
    return RootTarget(str(root))


def osquery_tells(root: Path, table: str) -> list[str]:
    """Return what a real osquery tells of the system."""
    return told(ask(f"SELECT * FROM {table}", {"/var": root / "var", "/etc": root / "etc"}))
