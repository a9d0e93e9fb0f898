"""Table yum_sources: the repositories of yum and dnf."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rempart_agent.formats import repo_file
from rempart_agent.source.contract import Denied, Malformed, Query
from rempart_agent.tables.linux import yum_sources
from rempart_agent.targets.root import RootTarget

RootOf = Callable[[Mapping[str, "str | bytes"]], RootTarget]
Deny = Callable[[RootTarget, str], None]


def _rows(target: Any) -> list[dict[str, Any]]:
    return [dict(row) for row in yum_sources.rows(target, Query())]


def test_repositories_and_their_options(root_of: RootOf) -> None:
    target = root_of(
        {
            "/etc/yum.repos.d/b.repo": "# c\n; d\n[extra]\nname = Extra $releasever\nenabled=0\ngpgcheck=0\nproxy=x\n",
            "/etc/yum.repos.d/a.repo": "[base]\nname=Base\nbaseurl=http://a/\n  http://b/\ngpgkey=file:///k\n",
            "/etc/yum.repos.d/no.repo.bak": "[no]\n",
            "/etc/yum.repos.d/.hidden.repo": "[no]\n",
        }
    )
    assert _rows(target) == [
        {
            "name": "Base",
            "baseurl": "http://a/ http://b/",
            "gpgkey": "file:///k",
            "source": "/etc/yum.repos.d/a.repo",
        },
        {
            "name": "Extra $releasever",
            "enabled": "0",
            "gpgcheck": "0",
            "source": "/etc/yum.repos.d/b.repo",
        },
    ]


def test_the_configuration_says_where_repositories_are(root_of: RootOf) -> None:
    target = root_of(
        {
            "/etc/yum.conf": "[main]\nreposdir=/etc/repos, /srv/repos\ngpgcheck=1\n[inside]\nname=Inside\n",
            "/etc/repos/a.repo": "[a]\nname=A\n",
            "/srv/repos/b.repo": "[b]\nname=B\n",
            "/etc/yum.repos.d/c.repo": "[c]\nname=C\n",
        }
    )
    assert [row["name"] for row in _rows(target)] == ["Inside", "A", "B"]


def test_a_machine_without_yum_has_no_rows(root_of: RootOf) -> None:
    assert _rows(root_of({"/etc/": ""})) == []


@pytest.mark.parametrize(
    "text", ["[a]\ngarbage\n", "name=before any section\n", "[never closed\n", "[a]\n continued\n"]
)
def test_a_file_that_yum_could_not_parse_raises(text: str) -> None:
    with pytest.raises(Malformed, match="line"):
        repo_file.parse(text, "/etc/yum.repos.d/a.repo")


@pytest.mark.parametrize("path", ["/etc/yum.conf", "/etc/yum.repos.d", "/etc/yum.repos.d/a.repo"])
def test_repositories_that_may_not_be_read_raise(root_of: RootOf, deny: Deny, path: str) -> None:
    target = root_of({"/etc/yum.conf": "[main]\n", "/etc/yum.repos.d/a.repo": ""})
    deny(target, path)
    with pytest.raises(Denied):
        _rows(target)


@given(st.text(st.sampled_from("[]=#a \n\t") | st.characters(), max_size=60))
def test_any_text_is_taken_or_refused(text: str) -> None:
    try:
        sections = repo_file.parse(text)
    except Malformed:
        return
    assert all(isinstance(options, dict) for options in sections.values())
