"""Table jetbrains_plugins: the plugins of JetBrains' editors."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rempart_testing.real_osquery import BOUND, ask, embedded, told

from rempart_agent.source.contract import Constraint, Denied, Query
from rempart_agent.tables.linux import jetbrains_plugins
from rempart_agent.targets.root import RootTarget

RootOf = Callable[[Mapping[str, "str | bytes"]], RootTarget]
Deny = Callable[[RootTarget, str], None]
HOME = "/home/alice/.local/share/JetBrains/"
PLAIN = (
    "<idea-plugin>\n<name>Osquery &amp; more</name><vendor>Osquery</vendor>\n<version>1.3.18</version></idea-plugin>"
)
LONG = (
    '<idea-plugin>\n  <id>x</id>\n<vendor\n   url="https://www.example.org"\n  email="a@example.org">\n  Some\n'
    "</vendor>\n<name>Two</name><version>2024.1</version>\n</idea-plugin>"
)


def _jar(description: str | None, **more: str) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in more.items():
            archive.writestr(name, text)
        if description is not None:
            archive.writestr("META-INF/plugin.xml", description)
    return made.getvalue()


FILES: dict[str, str | bytes] = {
    "/etc/passwd": "root:x:0:0::/root:/bin/sh\nalice:x:1000:1000::/home/alice:/bin/sh\n",
    HOME + "IntelliJIdea2024.3/single.jar": _jar(PLAIN),
    HOME + "IntelliJIdea2024.3/no-plugin.jar": _jar(None, other="x"),
    HOME + "IntelliJIdea2024.3/broken.jar": b"PK\3\4 nothing of the kind",
    HOME + "IntelliJIdea2024.3/two/lib/two.jar": _jar(LONG),
    HOME + "IntelliJIdea2024.3/two/lib/gson-2.8.jar": _jar(PLAIN),
    HOME + "IntelliJIdea2024.3/two/lib/resources_en.jar": _jar(PLAIN),
    HOME + "IntelliJIdea2024.3/bare/readme": "",
    HOME + "PyCharmCE2023.1/short.jar": _jar("<idea-plugin><name>Short</name></idea-plugin>"),
    HOME + "Unknown1/other.jar": _jar(PLAIN),
}
SQL = "SELECT jetbrains_plugins.* FROM users CROSS JOIN jetbrains_plugins USING (uid)"


def _rows(target: RootTarget, uid: str = "1000") -> list[dict[str, Any]]:
    asked = Query(frozenset(), (Constraint("uid", "=", (uid,)),))
    return [dict(row) for row in jetbrains_plugins.rows(target, asked)]


def test_plugins_are_found_as_files_and_in_folders(root_of: RootOf) -> None:
    rows = _rows(root_of(FILES))
    found = [(str(row["path"]).removeprefix(HOME), row["product_type"], row["name"], row["version"]) for row in rows]
    assert found == [
        ("IntelliJIdea2024.3/single.jar", "intellij_idea", "Osquery &amp; more", "1.3.18"),
        ("IntelliJIdea2024.3/two", "intellij_idea", "Two", "2024.1"),
        # osquery's pattern of the one holds of the other, too
        ("PyCharmCE2023.1/short.jar", "pycharm", "Short", ""),
        ("PyCharmCE2023.1/short.jar", "pycharm_community_edition", "Short", ""),
    ]
    assert rows[1]["vendor"] == "\n  Some\n"
    assert _rows(root_of(FILES), "0") == []


@BOUND
def test_osquery_says_the_same(root_of: RootOf) -> None:
    target = root_of({**FILES, "/root/": ""})
    theirs = ask(SQL, {f"/{name}": Path(target.root, name) for name in ("etc", "home", "root")})
    assert told(theirs) == told(embedded(target, SQL))
    assert theirs


def test_a_plugin_that_may_not_be_read_raises(root_of: RootOf, deny: Deny) -> None:
    target = root_of(FILES)
    deny(target, HOME + "IntelliJIdea2024.3/single.jar")
    with pytest.raises(Denied):
        _rows(target)


def test_the_likeliest_come_first() -> None:
    names = [
        "kotlin-x.jar",
        "resources.jar",
        "gson-2.8.jar",
        "junit-m5.jar",
        "database-plugin.jar",
        "x-idea.jar",
        "android.jar",
        "a.jar",
    ]
    expected = [
        "kotlin-x.jar",
        "a.jar",
        "android.jar",
        "database-plugin.jar",
        "x-idea.jar",
        "gson-2.8.jar",
        "junit-m5.jar",
        "resources.jar",
    ]
    assert jetbrains_plugins.likeliest("Kotlin", names) == expected


@given(st.binary(), st.text("<>/namevrsio dtuhc\n"))
def test_any_description_is_told(data: bytes, text: str) -> None:
    for one in (data, text.encode(), b"<name>" * 50_000):
        assert set(jetbrains_plugins.parse(one)) == {"name", "vendor", "version"}
