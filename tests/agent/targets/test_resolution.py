"""How links are followed inside a root."""

from __future__ import annotations

import stat

import pytest

from rempart_agent.source.contract import Loop, Missing
from rempart_agent.targets.resolution import Resolver

LINKS = {
    "/bin": "usr/bin",
    "/abs": "/usr/bin",
    "/out": "../../../../usr",
    "/loop": "loop",
    "/broken": "nowhere",
    "/usr/up": "..",
}
FOLDERS = {"/usr", "/usr/bin", "/usr/bin/deep"}


def _mode(path: str, asked: str) -> int:
    if path in LINKS:
        return stat.S_IFLNK
    if path in FOLDERS:
        return stat.S_IFDIR
    if path == "/usr/bin/file":
        return stat.S_IFREG
    raise Missing(asked)


def _resolve(path: str, follow: bool = True) -> str:
    return Resolver(_mode, lambda path, _: LINKS[path]).resolve(path, follow)


def test_links_stay_inside() -> None:
    assert _resolve("/bin/file") == "/usr/bin/file"
    assert _resolve("/abs/../up/out/bin/new") == "/usr/bin/new"
    assert _resolve("/bin", follow=False) == "/bin"
    assert _resolve("/bin/", follow=False) == "/usr/bin"
    assert _resolve("/broken") == "/nowhere"
    assert _resolve("/..") == "/"


@pytest.mark.parametrize("path", ["/usr/bin/file/x/y", "/nowhere/x/y", "/broken/x/y"])
def test_what_is_behind_nothing_is_missing(path: str) -> None:
    with pytest.raises(Missing):
        _resolve(path)


def test_loops_end() -> None:
    with pytest.raises(Loop):
        _resolve("/loop")
