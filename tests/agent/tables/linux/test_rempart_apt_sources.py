"""Table rempart_apt_sources, held against apt wherever it is installed."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rempart_agent.models.apt.word import Refused
from rempart_agent.source.contract import Malformed, Query
from rempart_agent.tables.linux import rempart_apt_sources
from rempart_agent.targets.root import RootTarget

RootOf = Callable[[Mapping[str, str | bytes]], RootTarget]
MAIN = rempart_apt_sources.MAIN
PARTS = rempart_apt_sources.PARTS + "/"
COLUMNS = ["line", "type", "uri", "suite", "components", "enabled", "trusted", "allow_insecure", "signed_by"]


def _rows(target: Any) -> list[dict[str, Any]]:
    return [dict(r) for r in rempart_apt_sources.rows(target, Query())]


def _brief(target: Any) -> list[tuple[Any, ...]]:
    return [tuple(r[c] for c in COLUMNS) for r in _rows(target)]


def test_lines_have_options_comments_and_quotes(root_of: RootOf) -> None:
    text = (
        "# deb http://no x main\n\ndeb http://a/debian trixie main contrib # why\n"
        "deb-src [ trusted=yes signed-by=/k#.gpg arch=amd64 ]\thttp://a/debian trixie main\r\n"
        'deb [Allow-Insecure=true] file:/srv/x ./\ndeb "http://q/a b" s%20d main'
    )
    assert _brief(root_of({MAIN: text})) == [
        (3, "deb", "http://a/debian", "trixie", "main contrib", 1, "", "", ""),
        (4, "deb-src", "http://a/debian", "trixie", "main", 1, "yes", "", "/k#.gpg"),
        (5, "deb", "file:/srv/x", "./", "", 1, "", "yes", ""),
        (6, "deb", "http://q/a b", "s d", "main", 1, "", "", ""),
    ]


def test_a_stanza_is_a_row_for_each_type_uri_and_suite(root_of: RootOf) -> None:
    text = (
        "# c\nTypes: deb deb-src\nURIs: http://b\nSuites: s1\n s2\nComponents: main\n extra\nTRUSTED: No\n"
        "Signed-By:\n -----BEGIN PGP PUBLIC KEY BLOCK-----\n .\n abc\n\n"
        "Enabled: no\nTypes: deb\nURIs: http://d\nSuites: x/\nSigned-By: /a.gpg\n /b.gpg\n"
    )
    assert _brief(root_of({PARTS + "b.sources": text})) == [
        (2, "deb", "http://b", "s1", "main extra", 1, "no", "", "embedded"),
        (2, "deb", "http://b", "s2", "main extra", 1, "no", "", "embedded"),
        (2, "deb-src", "http://b", "s1", "main extra", 1, "no", "", "embedded"),
        (2, "deb-src", "http://b", "s2", "main extra", 1, "no", "", "embedded"),
        (14, "deb", "http://d", "x/", "", 0, "", "", "/a.gpg /b.gpg"),
    ]


def test_only_the_files_that_apt_takes_are_read(root_of: RootOf) -> None:
    names = ["b.list", "a.list.save", "a.list", "A.sources.disabled", ".h.list", "c d.list", "e~.list"]
    target = root_of({MAIN: "deb m x\n", PARTS + "z.list/": "", **{PARTS + n: f"deb {n} x\n" for n in names}})
    assert [(r["source"], r["format"]) for r in _rows(target)] == [
        (MAIN, "list"),
        (PARTS + "a.list", "list"),
        (PARTS + "b.list", "list"),
    ]


@pytest.mark.parametrize("text", ["deb\n", "deb http://a\n", "deb [trusted=yes] http://a\n"])
def test_a_line_that_apt_stops_at_is_malformed(root_of: RootOf, text: str) -> None:
    with pytest.raises(Malformed):
        _rows(root_of({MAIN: text}))


@pytest.mark.parametrize("text", ["Types: deb\nURIs: a\n", "Components: main\n", "Suites: x\n\nTypes: deb\n"])
def test_a_stanza_that_apt_stops_at_is_malformed(root_of: RootOf, text: str) -> None:
    with pytest.raises(Malformed):
        _rows(root_of({PARTS + "a.sources": text}))


def test_without_sources_there_are_no_rows(root_of: RootOf) -> None:
    assert _rows(root_of({"/etc/passwd": ""})) == []


ENTRY = st.sampled_from(
    [
        "deb http://a/x s1 main contrib # c",
        "deb-src [ arch=amd64 signed-by=/k#.gpg ] http://b/x s2 main",
        "# deb http://no/x s main",
        "deb [trusted=yes] file:/srv/x/ ./",
        'deb "http://q/a b" sid main',
        "",
    ]
)
STANZA = st.sampled_from(
    [
        "Types: deb deb-src\nURIs: http://c/ http://d/\nSuites: s1 s2\nComponents: main\n extra\n",
        "Enabled: no\nTypes: deb\nURIs: http://e\nSuites: s\nComponents: main\n",
        "# note\ntypes: deb\nURIS: http://f\n# within\nSuites: x/\nTrusted: yes\n",
        "\n",
    ]
)


TARGET = "$(TARGET_OF)|$(REPO_URI)|$(RELEASE)|$(COMPONENT)|$(SOURCESENTRY)"


@pytest.mark.skipif(not shutil.which("apt-get"), reason="apt-get is not installed: there is no real apt to ask")
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(lines=st.lists(ENTRY, max_size=4, unique=True), blocks=st.lists(STANZA, max_size=4, unique=True))
def test_apt_sees_the_same_sources(lines: list[str], blocks: list[str], root_of: RootOf) -> None:
    target = root_of(
        {
            MAIN: "\n".join(lines) + "\n",
            PARTS + "a.sources": "\n".join(blocks),
            "/var/lib/apt/lists/partial/": "",
            "/etc/apt/apt.conf.d/": "",
            "/etc/apt/preferences.d/": "",
            "/var/lib/dpkg/status": "",
        }
    )
    Path(target.root, "apt").write_text(
        f'Dir "{target.root}/"; Dir::State::status "{target.root}/var/lib/dpkg/status"; APT::Architecture "amd64";\n'
    )
    done = subprocess.run(
        ["apt-get", "indextargets", "--no-release-info", "--format", TARGET],
        env={"APT_CONFIG": target.root + "/apt", "PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    real = {tuple(line.replace("$(COMPONENT)", "").split("|")) for line in done.stdout.splitlines()}
    ours = {
        (r["type"], r["uri"].rstrip("/") + "/", r["suite"], component, "{source}:{line}".format(**r))
        for r in _rows(target)
        if r["enabled"]
        for component in r["components"].split() or [""]
    }
    named = {(k, u, s, c, re_root(e, target.root)) for k, u, s, c, e in real}
    assert {o[:4] for o in ours} == {n[:4] for n in named}
    assert {o[4] for o in ours if o[4].startswith(MAIN + ":")} == {n[4] for n in named if n[4].startswith(MAIN + ":")}


def re_root(path: str, root: str) -> str:
    """Return a path of apt's tree as the target sees it."""
    return path.removeprefix(root)


@given(st.one_of(st.text(), st.text(alphabet='deb [=]#"%a:\n\tTypesURISuites', max_size=80)))
def test_any_text_parses(text: str) -> None:
    for parse in (rempart_apt_sources.parse_lines, rempart_apt_sources.parse_stanzas):
        try:
            for row in parse(text, "x"):
                assert row["uri"] is not None
        except (Malformed, Refused):
            continue
