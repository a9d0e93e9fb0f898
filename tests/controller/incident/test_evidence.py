"""Evidence proves itself, and nothing that a host answers leaves its place or is left out in silence."""

from __future__ import annotations

import base64
import hashlib
import os
import stat
import zlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rempart_testing.signed import said

from rempart_controller.incident import collecting, evidence, timeline
from rempart_controller.incident.evidence import Vault
from rempart_controller.incident.timeline import Author
from rempart_core.error import UsageError
from rempart_core.signing.key import load_key

Command = Callable[..., int]


def pack(data: bytes) -> str:
    return base64.b64encode(zlib.compress(data)).decode()


def seal(folder: Path, answer: Mapping[str, Any]) -> Path:
    """Keep what a host answers as the evidence of an incident."""
    key = load_key(os.environ["XDG_DATA_HOME"] + "/rempart/signing-key.pem")
    vault = Vault(str(folder), 1)
    vault.add("table", "processes", b'{"pid": "1"}\n', "jsonl", rows=1)
    collecting.keep_logs(answer, vault)
    manifest = vault.seal(key, folder.name, "web-1", None)
    detail = {"folder": os.path.basename(vault.folder), "manifest": manifest, "items": 1, "failed": 0}
    timeline.append(str(folder), key, Author("anna", "Anna"), "collect", "done", detail)
    return Path(vault.folder)


LOGS = {"items": [{"kind": "file", "name": "/var/log/auth.log", "data": pack(b"one\ntwo\n"), "size": 8, "mode": 0o640}]}


@pytest.fixture
def sealed(folder: Path) -> Path:
    return seal(folder, LOGS)


def items_of(sealed: Path) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = said((sealed / evidence.MANIFEST).read_bytes())["items"]
    return items


def test_what_came_is_kept_whole_hashed_and_read_only(sealed: Path, incident: Command) -> None:
    first, second = items_of(sealed)
    data = (sealed / second["file"]).read_bytes()
    assert data == b"one\ntwo\n"
    assert hashlib.sha256(data).hexdigest() == second["sha256"]
    assert (first["rows"], second["name"], second["mode"]) == (1, "/var/log/auth.log", 0o640)
    assert {stat.S_IMODE(path.stat().st_mode) for path in sealed.iterdir()} == {0o400}
    assert stat.S_IMODE(sealed.stat().st_mode) == 0o500
    assert incident("verify", "web-1") == 0


def test_an_item_that_was_changed_taken_away_or_put_in_is_found(
    sealed: Path, incident: Command, capsys: pytest.CaptureFixture[str]
) -> None:
    item = sealed / items_of(sealed)[1]["file"]
    sealed.chmod(0o700)

    def verdict() -> str:
        capsys.readouterr()
        assert incident("verify", "web-1") == 1
        return capsys.readouterr().out

    item.chmod(0o600)
    item.write_bytes(b"one\ntwo")
    assert "item 2 (/var/log/auth.log)" in verdict()
    item.unlink()
    assert "no such file" in verdict()
    item.symlink_to("/etc/passwd")
    assert "not a regular file" in verdict()
    item.unlink()
    item.write_bytes(b"one\ntwo\n")
    assert incident("verify", "web-1") == 0
    (sealed / "more").write_bytes(b"")
    assert "more is not in its manifest" in verdict()


def test_any_byte_of_the_manifest_that_is_changed_is_found(sealed: Path) -> None:
    path = sealed / evidence.MANIFEST
    whole = path.read_bytes()
    expected = hashlib.sha256(whole).hexdigest()
    path.chmod(0o600)
    for place in range(0, len(whole), 3):
        changed = bytearray(whole)
        changed[place] ^= 1
        path.write_bytes(changed)
        assert evidence.verify(str(sealed), sealed.parent.name, expected).faults
        own = hashlib.sha256(changed).hexdigest()  # though the timeline named it, the signature would not be right
        assert evidence.verify(str(sealed), sealed.parent.name, own).faults


def test_a_collection_that_no_entry_names_is_told(
    sealed: Path, incident: Command, capsys: pytest.CaptureFixture[str]
) -> None:
    (sealed.parent / "evidence-7").mkdir()
    assert incident("verify", "web-1") == 1
    assert "evidence-7 is in no entry" in capsys.readouterr().out


NAMES = ["../../../etc/cron.d/x", "/etc/passwd", "a\x00b", "\udcff", "", ".", "x" * 5000, "\x1b[2J", "manifest.json"]


@pytest.mark.parametrize("name", NAMES)
def test_what_a_host_calls_a_file_never_becomes_a_path(name: str, folder: Path, incident: Command) -> None:
    before = set(folder.parent.parent.rglob("*"))
    sealed = seal(folder, {"items": [{"kind": "file", "name": name, "data": pack(b"x")}]})
    appeared = set(folder.parent.parent.rglob("*")) - before
    assert {path.parent for path in appeared} == {folder, sealed}
    assert incident("verify", "web-1") == 0


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ({}, "cannot be read"),
        ({"items": "x"}, "cannot be read"),
        ({"items": [1]}, "cannot be read"),
        ({"items": [{"name": "a"}]}, "nothing arrived"),
        ({"items": [{"name": "a", "reason": "Permission denied"}]}, "Permission denied"),
        ({"items": [{"name": "a", "data": "???"}]}, "cannot be unpacked"),
        ({"items": [{"name": "a", "data": base64.b64encode(b"no zlib").decode()}]}, "cannot be unpacked"),
    ],
)
def test_what_does_not_come_is_an_item_too(
    answer: Mapping[str, Any], reason: str, folder: Path, incident: Command
) -> None:
    item = items_of(seal(folder, answer))[-1]
    assert (item["state"], reason in item["reason"]["en"]) == ("failed", True)
    assert incident("verify", "web-1") == 0


def test_half_an_archive_is_kept_as_a_part(folder: Path) -> None:
    data = os.urandom(5000)
    half = base64.b64encode(zlib.compress(data)[:3000]).decode()
    sealed = seal(folder, {"items": [{"name": "a", "data": half}]})
    item = items_of(sealed)[-1]
    assert (item["state"], item["reason"]["en"]) == ("part", "the end is missing")
    assert data.startswith((sealed / item["file"]).read_bytes())


def test_an_archive_that_swells_is_not_followed(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(collecting, "MAX_LOGS", 1 << 16)
    sealed = seal(folder, {"items": [{"name": "bomb", "data": pack(bytes(1 << 26))}]})
    item = items_of(sealed)[-1]
    assert (item["state"], item["bytes"]) == ("part", 1 << 16)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    answer=st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=20),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(st.sampled_from(["items", "name", "data", "reason", "kind", "size"]), inner, max_size=5)
        ),
        max_leaves=12,
    ).filter(lambda value: isinstance(value, dict))
)
def test_any_answer_ends_in_a_manifest(answer: dict[str, Any], folder: Path) -> None:
    vault = Vault(str(folder), 1)
    collecting.keep_logs(answer, vault)
    key = load_key(os.environ["XDG_DATA_HOME"] + "/rempart/signing-key.pem")
    manifest = vault.seal(key, folder.name, "web-1", None)
    assert evidence.verify(vault.folder, folder.name, manifest).faults == ()


@pytest.mark.parametrize("path", ["etc", "", "/a\x00b", "/a\nb"])
def test_a_path_that_is_none_is_refused_before_anything_is_done(path: str) -> None:
    with pytest.raises(UsageError):
        collecting.questions([path])


def test_a_path_stays_a_value_in_sql() -> None:
    asked = collecting.questions(["/srv/it's; DROP", "/srv/%%"])
    assert asked["file /srv/it's; DROP"].endswith("path = '/srv/it''s; DROP'")
    assert asked["file /srv/%%"].endswith("path LIKE '/srv/%%'")
    assert list(asked)[:3] == ["time", "arp_cache", "process_open_sockets"]
