"""Table rempart_secrets: finds secrets, never shows them, and says how far it looked."""

from __future__ import annotations

import gzip
import os
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest
from rempart_testing.secrets_made import SECRETS

from rempart_agent.formats import token
from rempart_agent.readers.files import secret_search
from rempart_agent.source.contract import Constraint, Denied, Malformed, Query
from rempart_agent.source.target import Stored
from rempart_agent.tables.linux import rempart_secrets
from rempart_agent.targets.root import RootTarget

RootOf = Callable[[Mapping[str, str | bytes]], RootTarget]


def _ask(target: Any, path: str, op: str = "=") -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """Return the findings and the witness row of one path."""
    rows = [dict(r) for r in rempart_secrets.rows(target, Query(frozenset(), (Constraint("path", op, (path,)),)))]
    return [r for r in rows if r.get("rule")], next(r for r in rows if not r.get("rule"))


def test_a_secret_is_named_and_never_shown(root_of: RootOf) -> None:
    target = root_of({"/srv/a/app.env": "A=1\nDB_PASSWORD=k9Xw2mPq\n", "/srv/b.ini": "[x]\ny=1\npassword = k9Xw2mPq\n"})
    findings, witness = _ask(target, "/srv")
    assert [(r["path"], r["file"], r["rule"], r["line"]) for r in findings] == [
        ("/srv", "/srv/b.ini", "password", 3),
        ("/srv", "/srv/a/app.env", "password", 2),
    ]
    assert findings[0]["fingerprint"] == findings[1]["fingerprint"]
    assert "k9Xw2mPq" not in repr(findings)
    seen = {"scanned": 2, "skipped": 0, "skipped_why": "", "complete": 1, "stopped": 0}
    assert witness == {"path": "/srv", **seen, "packed": 0, "unopened": 0, "large": 0, "examples": ""}


def test_binaries_and_utf_16_are_searched_and_large_files_whole(root_of: RootOf) -> None:
    token, password = SECRETS["github_token"], SECRETS["password"]
    far = "x" * 79 + "\n"
    many = far * (secret_search.PART // 40)
    target = root_of(
        {
            "/srv/program": b"\x7fELF\0\0" + token.encode() + b"\0password=Winter2024!\0",
            "/srv/key.der": b"\0\1" + SECRETS["private_key"].encode(),
            "/srv/windows.reg": "first\r\n".encode("utf-16") + password.encode("utf-16-le"),
            "/srv/unmarked.txt": (far + password).encode("utf-16-be"),
            "/srv/large": many + token + "\n" + many + password,
            "/srv/edge": "y" * (secret_search.PART - 20) + "\n" + token,
        }
    )
    findings, witness = _ask(target, "/srv")
    lines = many.count("\n")
    assert {(row["file"], row["rule"], row["line"]) for row in findings} == {
        ("/srv/program", "github_token", 1),
        ("/srv/key.der", "private_key", 1),
        ("/srv/windows.reg", "password", 2),
        ("/srv/unmarked.txt", "password", 2),
        ("/srv/large", "github_token", lines + 1),
        ("/srv/large", "password", 2 * lines + 2),
        ("/srv/edge", "github_token", 2),
    }
    assert (witness["scanned"], witness["skipped"], witness["complete"]) == (6, 0, 1)


def test_what_is_packed_is_opened_and_what_can_not_be_is_told(root_of: RootOf) -> None:
    files = {"/srv/a.gz": gzip.compress(b"x\n" + SECRETS["password"].encode()), "/srv/c": "x"}
    findings, witness = _ask(root_of(files), "/srv")
    assert [(row["file"], row["rule"], row["line"]) for row in findings] == [("/srv/a.gz", "password", 2)]
    assert (witness["scanned"], witness["packed"], witness["unopened"], witness["complete"]) == (2, 1, 0, 1)
    findings, witness = _ask(
        root_of({**files, "/srv/b.7z": b"7z\xbc\xaf\x27\x1c", "/srv/d.gz": b"\x1f\x8b\x08"}), "/srv"
    )
    assert (witness["packed"], witness["unopened"], witness["complete"]) == (3, 2, 0)
    assert (witness["skipped_why"], witness["examples"]) == ("2 packed and not read whole", "/srv/b.7z, /srv/d.gz")


def test_a_secret_that_a_later_layer_deletes_is_told_with_its_layer(root_of: RootOf) -> None:
    target = root_of({"/srv/kept": "x"})
    lines = {"/srv/kept": b"x", "/srv/gone": SECRETS["password"].encode()}

    def contents() -> Iterator[Stored]:
        for path, text in lines.items():
            gone = path.endswith("gone")
            yield Stored(
                path, len(text), lambda at, size, text=text: text[at : at + size], "sha256:ab" if gone else "", gone
            )

    target.contents = contents  # type: ignore[method-assign]
    for path in ("/", "/srv", "/srv/gone"):
        findings, witness = _ask(target, path)
        row = {"path": path, "file": "/srv/gone", "rule": "password", "line": 1, "layer": "sha256:ab", "deleted": 1}
        assert [dict(one, fingerprint=0) for one in findings] == [dict(row, path=path, fingerprint=0)]
        assert (witness["scanned"], witness["complete"]) == ((1, 0) if path == "/srv/gone" else (2, 1))
    assert _ask(target, "/elsewhere")[1]["complete"] == 0


def test_stored_files_that_can_not_be_read_are_counted(root_of: RootOf, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(at: int, size: int) -> bytes:
        raise Denied("no")

    def contents() -> Iterator[Stored]:
        yield Stored("/a", 5, refuse)
        yield Stored("/b", secret_search.MAX_FILE + 1, refuse)
        raise Malformed("a cut image")

    target = root_of({"/a": ""})
    monkeypatch.setattr(target, "contents", contents)
    witness = _ask(target, "/")[1]
    assert (witness["skipped_why"], witness["complete"]) == ("1 larger than 1 GiB, 2 unreadable", 0)


def test_what_was_not_read_is_counted(root_of: RootOf, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(secret_search, "MAX_FILE", 1 << 20)
    target = root_of(
        {
            "/srv/a": "text",
            "/srv/big": "x" * ((1 << 20) + 1),
            "/srv/denied": "",
            "/srv/locked/x": "",
            "/elsewhere": SECRETS["password"],
        }
    )
    os.symlink("/elsewhere", target.root + "/srv/link")
    os.symlink("/", target.root + "/srv/loop")
    os.mkfifo(target.root + "/srv/fifo")
    os.link(target.root + "/srv/a", target.root + "/srv/same")
    read_head, entries = target.read_head, target.entries

    def no_read(path: str, size: int) -> bytes:
        if path == "/srv/denied":
            raise Denied(path)
        return read_head(path, size)

    def no_list(path: str) -> list[tuple[str, str]]:
        if path == "/srv/locked":
            raise Denied(path)
        return entries(path)

    monkeypatch.setattr(target, "read_head", no_read)
    monkeypatch.setattr(target, "entries", no_list)
    findings, witness = _ask(target, "/srv")
    assert findings == []
    assert (witness["scanned"], witness["skipped"], witness["complete"]) == (1, 3, 0)
    assert witness["skipped_why"] == "1 larger than 1 GiB, 2 unreadable"
    assert witness["large"] == 1


def test_a_search_that_has_no_time_left_is_not_complete(root_of: RootOf) -> None:
    query = Query(frozenset(), (Constraint("path", "=", ("/srv",)), Constraint("max_seconds", "=", ("0",))))
    rows = [dict(row) for row in rempart_secrets.rows(root_of({"/srv/a": "x", "/srv/b": "x"}), query)]
    assert rows[-1]["complete"] == 0
    assert rows[-1]["max_seconds"] == 0
    assert "more than 0 seconds" in rows[-1]["skipped_why"]


@pytest.mark.parametrize("path", ["/none", "/none/%", "/none/%%"])
def test_a_place_that_is_not_there_is_not_complete(root_of: RootOf, path: str) -> None:
    findings, witness = _ask(root_of({"/srv/a": ""}), path, "LIKE" if "%" in path else "=")
    assert findings == []
    assert (witness["path"], witness["scanned"], witness["skipped"]) == (path, 0, 0)
    assert (witness["skipped_why"], witness["complete"]) == ("nothing is there", 0)


def test_patterns_and_files_are_asked_too(root_of: RootOf) -> None:
    line = "password = Winter2024!\n"
    target = root_of({"/home/a/.aws/x": line, "/home/b/.aws/sub/y": line, "/home/b/z": line, "/home/c/": ""})
    for path, op, files in (
        ("/home/%/.aws/", "LIKE", ["/home/a/.aws/x", "/home/b/.aws/sub/y"]),
        ("/home/%%", "LIKE", ["/home/a/.aws/x", "/home/b/.aws/sub/y", "/home/b/z"]),
        ("/home/%/z", "LIKE", ["/home/b/z"]),
        ("/home/b/z", "=", ["/home/b/z"]),
        ("/home/%/none", "LIKE", []),
    ):
        findings, witness = _ask(target, path, op)
        assert sorted(r["file"] for r in findings) == files
        assert {r["path"] for r in findings} <= {path}
        assert (witness["path"], witness["complete"]) == (path, 1)


def test_a_file_that_hides_a_secret_among_others_is_not_complete(
    root_of: RootOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(token, "MAX_LOOKS", 20_000)
    samples = "password = changeme\n" * 300
    assert _ask(root_of({"/srv/a": samples + SECRETS["password"]}), "/srv/a")[0][0]["line"] == 301
    _, witness = _ask(root_of({"/srv/b": samples * 70 + SECRETS["password"]}), "/srv/b")
    assert (witness["scanned"], witness["complete"]) == (1, 0)
    assert witness["skipped_why"] == "1 with too many matches to look at all"


def test_several_paths_have_a_witness_each(root_of: RootOf) -> None:
    target = root_of({"/a/x": "", "/b/x": ""})
    rows = rempart_secrets.rows(target, Query(frozenset(), (Constraint("path", "=", ("/a", "/b", "/c")),)))
    assert [(r["path"], r["complete"]) for r in rows] == [("/a", 1), ("/b", 1), ("/c", 0)]


def test_the_kernels_trees_are_not_entered(root_of: RootOf) -> None:
    target = root_of({"/proc/x": SECRETS["password"], "/sys/x": "", "/dev/x": "", "/a": ""})
    findings, witness = _ask(target, "/")
    assert (findings, witness["scanned"], witness["complete"]) == ([], 1, 1)
    assert _ask(target, "/proc")[1]["scanned"] == 0


@pytest.mark.parametrize(
    ("name", "value", "why"),
    [
        ("MAX_FILES", 3, "more than 3 files"),
        ("MAX_DIRECTORIES", 2, "more than 2 directories"),
        ("MAX_DEPTH", 1, "deeper than 1 directories"),
        ("MAX_FINDINGS", 2, "more than 2 findings"),
        ("MAX_TOTAL", 1 << 4, "more than 0 MiB"),
    ],
)
def test_an_exhausted_bound_is_said(
    root_of: RootOf, monkeypatch: pytest.MonkeyPatch, name: str, value: int, why: str
) -> None:
    target = root_of({f"/srv/{n}/{n}/{n}": SECRETS["password"] for n in range(6)})
    monkeypatch.setattr(secret_search, name, value)
    _, witness = _ask(target, "/srv")
    assert witness["skipped_why"].startswith(why)
    assert (witness["complete"], witness["stopped"]) == (0, 1)


def test_names_that_are_no_utf8_do_no_harm(root_of: RootOf) -> None:
    target = root_of({"/srv/": ""})
    with open(os.fsencode(target.root) + b"/srv/\xff.conf", "w") as file:
        file.write(SECRETS["password"])
    assert [r["file"] for r in _ask(target, "/srv")[0]] == ["/srv/\ufffd.conf"]
