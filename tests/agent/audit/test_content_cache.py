"""The compiled cache of checks: never stale, never poisoned, and no error where there can be none."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Collection
from pathlib import Path

import pytest
from rempart_testing.check import write_check, write_profiles

from rempart_agent.audit import content_cache
from rempart_agent.audit.examine import Circumstances, examine_each
from rempart_agent.engine import Engine
from rempart_core.content import checkfile
from rempart_core.error import ContentError
from rempart_core.model import selection
from rempart_core.model.result import Answer
from rempart_core.model.selection import select
from rempart_core.text import Text


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Keep caches below the test's folder."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.delenv("REMPART_NO_CACHE", raising=False)
    return tmp_path / "cache" / "rempart"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Make a folder of two checks."""
    directory = tmp_path / "checks"
    write_check(directory, 1)
    write_check(directory, 2)
    write_profiles(directory)
    return directory


@pytest.fixture
def parsed(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Note each time that YAML is read."""
    times: list[int] = []
    real = checkfile.read_checks

    def read(directories: list[str]) -> object:
        times.append(1)
        return real(directories)

    monkeypatch.setattr(checkfile, "read_checks", read)
    return times


def test_what_comes_from_the_cache_is_what_was_read(home: Path, folder: Path, parsed: list[int]) -> None:
    first = content_cache.load([str(folder)])
    second = content_cache.load([str(folder)])
    assert second == first
    assert [c.id for c in second.checks] == ["TST-01", "TST-02"]
    assert second.checks[0].parameters["least"].title.fr == "comptes"
    assert {p.name for p in second.profiles} == {"workstation", "server", "image", "all"}
    assert len(parsed) == 1


def test_out_of_the_cache_only_what_is_asked_for_is_made(
    home: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An audit of one check starts in a blink, however many there are."""
    content_cache.load([str(folder)])
    made: list[str] = []
    real = content_cache._check

    def make(plain: tuple[str, ...]) -> object:
        made.append(plain[0])
        return real(plain)

    monkeypatch.setattr(content_cache, "_check", make)
    content = content_cache.load([str(folder)])
    (all_,) = [one for one in content.profiles if one.name == "all"]
    assert [one.check.id for one in select(content.checks, all_, "linux", ["TST-02"])[0]] == ["TST-02"]
    assert made == ["TST-02"]
    (sql,) = {sql for block in content.checks[1].platforms.values() for _, sql in block.statements()}
    assert content.parts.keys() == content.uses.keys() == {sql}
    assert made == ["TST-02"]


def test_why_a_block_has_no_rows_is_kept(home: Path, folder: Path, parsed: list[int]) -> None:
    file = next(folder.glob("*/tst-01-*[!t].yaml"))
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("    query:", "    empty_reason: {en: a, fr: b}\n    query:", 1), encoding="utf-8")
    first, second = content_cache.load([str(folder)]), content_cache.load([str(folder)])
    assert second == first
    assert [block.empty_reason for block in second.checks[0].platforms.values()] == [Text("a", "b")]
    assert len(parsed) == 1


PARENT = """\
title: {en: a, fr: b}
roles: [server]
severity: [high]
frameworks: [gdpr]
controls: {gdpr: ["32*"]}
exclude: {TST-02: {en: c, fr: d}}
"""
CHILD = """\
title: {en: a, fr: b}
extends: [all, parent]
only: {severity: [high, low]}
severities: {TST-01: {severity: low, reason: {en: e, fr: f}}}
parameters: {TST-01: {least: 2}}
"""


def test_what_a_profile_inherits_is_kept(home: Path, folder: Path, parsed: list[int]) -> None:
    (folder / "profiles/parent.yaml").write_text(PARENT, encoding="utf-8")
    (folder / "profiles/child.yaml").write_text(CHILD, encoding="utf-8")
    first, second = content_cache.load([str(folder)]), content_cache.load([str(folder)])
    assert second == first
    assert len(parsed) == 1
    (child,) = [profile for profile in second.profiles if profile.name == "child"]
    assert [parent.name for parent in child.parents] == ["all", "parent"]
    chosen, excluded = select(second.checks, child, "linux")
    assert [(one.check.id, one.severity.value, one.parameters) for one in chosen] == [
        ("TST-01", "low", {"least": 2}),
        ("TST-02", "high", {"least": 1}),
    ]
    assert excluded == ()


def test_another_layout_of_what_is_kept_is_another_cache(
    home: Path, folder: Path, parsed: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two checkouts of one version, one with a field more, don't read each other's caches."""
    content_cache.load([str(folder)])
    monkeypatch.setattr(content_cache, "_LAYOUT", [])
    content_cache.load([str(folder)])
    assert len(parsed) == 2


def test_requirements_of_frameworks_are_no_part_of_it_but_their_names_are(
    home: Path, folder: Path, parsed: list[int]
) -> None:
    (folder / "frameworks").mkdir()
    file = folder / "frameworks/house.yaml"
    for text, times in (("a", 1), ("b", 1)):
        file.write_text(text, encoding="utf-8")
        content_cache.load([str(folder)])
        assert len(parsed) == times
    file.rename(file.with_name("home.yaml"))
    content_cache.load([str(folder)])
    assert len(parsed) == 2


def test_one_platform_s_blocks_are_kept_apart_from_all(home: Path, folder: Path) -> None:
    for _ in range(2):
        assert list(content_cache.load([str(folder)], "linux").checks[0].platforms) == ["linux"]
        assert list(content_cache.load([str(folder)], "windows").checks[0].platforms) == []
        assert list(content_cache.load([str(folder)]).checks[0].platforms) == ["linux"]


TAKES = "  tools: {type: rows, columns: [name, number], data: tools}"
DATA = 'updated: "2026-11-20"\nsource: {en: a, fr: b}\nvalues: [[one, 1], [two, 2]]\n'


def test_the_lists_of_data_files_are_kept_and_a_change_of_them_is_seen(
    home: Path, folder: Path, parsed: list[int]
) -> None:
    file = next(folder.glob("*/tst-01-*[!t].yaml"))
    text = file.read_text(encoding="utf-8").replace("parameters:", "parameters:\n" + TAKES, 1)
    file.write_text(
        text.replace("SELECT", "SELECT (SELECT max(column2) FROM (VALUES :tools)) AS most,", 1), encoding="utf-8"
    )
    (folder / "data").mkdir()
    data = folder / "data/tools.yaml"
    data.write_text(DATA, encoding="utf-8")
    first, second = content_cache.load([str(folder)]), content_cache.load([str(folder)])
    assert second == first
    assert second.checks[0].parameters["tools"].default == [["one", 1], ["two", 2]]
    assert len(parsed) == 1
    data.write_text(DATA.replace("2]", "3]"), encoding="utf-8")
    assert content_cache.load([str(folder)]).checks[0].parameters["tools"].default == [["one", 1], ["two", 3]]
    assert len(parsed) == 2


@pytest.mark.parametrize("change", ["content", "same size", "added", "removed", "renamed", "stray"])
def test_any_change_of_content_is_seen(home: Path, folder: Path, parsed: list[int], change: str) -> None:
    content_cache.load([str(folder)])
    file = folder / "testing" / "tst-02-one.yaml"
    before = file.stat()
    match change:
        case "content":
            write_check(folder, 2, title="another title")
        case "same size":
            file.write_text(file.read_text().replace('"t"', '"u"'))
            os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))
        case "added":
            write_check(folder, 3)
        case "removed":
            file.unlink()
        case "renamed":
            file.rename(file.with_name("tst-02-two.yaml"))
        case "stray":
            (folder / "testing" / "readme.txt").write_text("x")
    content = content_cache.load([str(folder)])
    assert len(parsed) == 2
    assert content.checks == checkfile.read_checks([str(folder)])


def test_what_a_check_leaves_out_survives_the_cache(home: Path, folder: Path, parsed: list[int]) -> None:
    file = folder / "testing" / "tst-02-one.yaml"
    file.write_text(file.read_text() + "not_examined: {en: [a, b], fr: [c, d]}\n")
    file = folder / "testing" / "tst-01-one.yaml"
    file.write_text(file.read_text() + "complete: {en: a, fr: b}\n")
    for _ in range(2):
        checks = content_cache.load([str(folder)]).checks
        assert [check.not_examined for check in checks] == [(), (Text("a", "c"), Text("b", "d"))]
        assert checks[0].complete == Text("a", "b")
    assert len(parsed) == 1


@pytest.mark.parametrize(
    "query",
    [
        "SELECT name AS item, 1 AS observed, 1 AS expected, :least AS ok FROM sqlite_master",
        "SELECT 'a' AS item, load_extension('x') AS observed, 1 AS expected, :least AS ok",
    ],
)
def test_what_may_not_be_asked_is_trusted_in_no_run(home: Path, folder: Path, query: str) -> None:
    write_check(folder, 2, query)
    engine = Trusting()
    for content in (content_cache.load([str(folder)]), content_cache.load([str(folder)])):
        values = [selection.Selected(c, c.severity, {"least": 3}) for c in content.checks]
        here = Circumstances("linux", "server", privileged=True)
        list(examine_each(values, engine, here, None, content.parts, content.uses))
        assert engine.trusted == {engine.asked[0]}  # the other check's, with its value in place
        assert "at least ' || 3" in engine.asked[0]


class Trusting(Engine):
    """Notes what it is told to trust."""

    def __init__(self) -> None:
        self.trusted: Collection[str] = ()
        self.asked: list[str] = []

    def trust(self, statements: Collection[str]) -> None:
        self.trusted, self.asked = statements, []

    def query(self, sql: str, deadline: float = 1, max_rows: int = 1) -> Answer:
        self.asked.append(sql)
        return Answer()


def test_mistakes_are_reported_each_time(home: Path, folder: Path) -> None:
    write_check(folder, 2, severity="terrible")
    for _ in range(2):
        with pytest.raises(ContentError, match="terrible"):
            content_cache.load([str(folder)])


def spoil_content(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:-1] + b"x")


def spoil_length(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:40])


def spoil_mode(file: Path) -> None:
    file.chmod(0o666)


def spoil_folder(file: Path) -> None:
    file.parent.chmod(0o777)


def spoil_link(file: Path) -> None:
    other = file.with_name("other")
    file.rename(other)
    file.symlink_to(other)


def spoil_owner(file: Path) -> None:
    if os.geteuid() == 0:
        os.chown(file, 12345, 0)
    else:
        file.chmod(0o622)


@pytest.mark.parametrize("spoil", [spoil_content, spoil_length, spoil_mode, spoil_folder, spoil_link, spoil_owner])
def test_a_cache_in_doubt_is_not_taken(
    home: Path, folder: Path, parsed: list[int], spoil: Callable[[Path], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(content_cache, "_FOR_ROOT", str(home.parent / "root"))
    content_cache.load([str(folder)])
    (file,) = home.glob("*.bin")
    spoil(file)
    assert [c.id for c in content_cache.load([str(folder)]).checks] == ["TST-01", "TST-02"]
    assert len(parsed) == 2


def test_a_cache_that_somebody_made_by_hand_is_not_taken(home: Path, folder: Path, parsed: list[int]) -> None:
    """A right name and a right header around another content: the digest is of the content."""
    content_cache.load([str(folder)])
    (file,) = home.glob("*.bin")
    body = b"[]"
    file.write_bytes(content_cache._MAGIC + hashlib.blake2b(b"other", digest_size=32).digest() + body)
    assert len(content_cache.load([str(folder)]).checks) == 2


def test_without_a_place_for_it_content_is_read(
    folder: Path, monkeypatch: pytest.MonkeyPatch, parsed: list[int]
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", "/proc/nowhere")
    monkeypatch.setattr(content_cache, "_FOR_ROOT", "/proc/nowhere")
    for _ in range(2):
        assert len(content_cache.load([str(folder)]).checks) == 2
    assert len(parsed) == 2


def test_old_caches_go(home: Path, folder: Path) -> None:
    for number in range(3, 15):
        write_check(folder, number)
        content_cache.load([str(folder)])
    assert len(list(home.glob("*.bin"))) <= 8
    assert not [name for name in os.listdir(home) if not name.endswith(".bin")]


@pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root's files are taken by their state"
)
def test_a_change_of_the_same_size_and_date_is_seen_once_a_file_of_root_has_settled(
    home: Path, folder: Path, parsed: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(content_cache, "_SETTLED", -3600.0)  # as if everything had lain there for long
    path = next(folder.rglob("*01*.yaml"))
    before = path.stat()
    content_cache.load([str(folder)])
    beside = path.with_suffix(".new")
    beside.write_text(path.read_text("utf-8").replace("comptes", "compteS"), "utf-8")
    os.utime(beside, ns=(before.st_atime_ns, before.st_mtime_ns))
    beside.rename(path)
    assert path.stat().st_size == before.st_size
    assert content_cache.load([str(folder)]).checks[0].parameters["least"].title.fr == "compteS"
    assert len(parsed) == 2


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="chown")
@pytest.mark.parametrize("foreign", ["another's", "writable by all", "changed just now"])
def test_a_file_that_may_change_unseen_is_read_for_the_key(
    home: Path, folder: Path, parsed: list[int], monkeypatch: pytest.MonkeyPatch, foreign: str
) -> None:
    monkeypatch.setattr(content_cache, "_SETTLED", 3600.0 if foreign == "changed just now" else -3600.0)
    for path in folder.rglob("*.yaml"):
        if foreign == "another's":
            os.chown(path, 65534, -1)
        elif foreign == "writable by all":
            path.chmod(0o666)
    content_cache.load([str(folder)])
    for path in folder.rglob("*.yaml"):  # the same content under another inode: only who reads it sees that
        beside = path.with_suffix(".new")
        beside.write_bytes(path.read_bytes())
        os.chown(beside, path.stat().st_uid, -1)
        beside.chmod(path.stat().st_mode & 0o7777)
        beside.rename(path)
    content_cache.load([str(folder)])
    assert len(parsed) == 1
