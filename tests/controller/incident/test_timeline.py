"""The timeline only grows: any entry that was changed, taken away, added or moved is found."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rempart_testing.signed import spoil_line
from rempart_testing.spaces import plain

from rempart_controller.incident import timeline
from rempart_controller.incident.timeline import Author
from rempart_core.error import IncidentError
from rempart_core.messages.message import Message
from rempart_core.signing.key import load_key

Command = Callable[..., int]
ANNA = Author("anna", "Anna")


def lines(folder: Path) -> list[bytes]:
    return (folder / timeline.FILE).read_bytes().splitlines(keepends=True)


def test_what_was_written_is_read_again(folder: Path) -> None:
    record = timeline.read(str(folder))
    assert record.fault is None
    assert [(entry.number, entry.action, entry.by) for entry in record.entries] == [
        (1, "open", "Anna"),
        (2, "note", "Anna"),
        (3, "note", "Bruno"),
    ]
    assert record.entries[1].detail == {"text": "one"}
    assert (folder / timeline.FILE).stat().st_mode & 0o077 == 0


def test_any_byte_that_is_changed_is_found(folder: Path) -> None:
    whole = (folder / timeline.FILE).read_bytes()
    for place in range(len(whole)):
        changed = bytearray(whole)
        changed[place] ^= 32 if whole[place : place + 1].isalpha() else 1
        (folder / timeline.FILE).write_bytes(changed)
        assert timeline.read(str(folder)).fault, f"byte {place} of {whole[max(0, place - 20) : place + 20]!r}"


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_entry_that_is_gone_doubled_or_moved_is_found(folder: Path, data: st.DataObject) -> None:
    path = folder / timeline.FILE
    whole = path.read_bytes()
    entries = whole.splitlines(keepends=True)
    drawn = data.draw(st.lists(st.integers(0, len(entries) - 1), max_size=len(entries) + 1))
    changed = b"".join(entries[number] for number in drawn)
    path.write_bytes(changed)
    try:
        assert bool(timeline.read(str(folder)).fault) == (changed != whole)
    finally:
        path.write_bytes(whole)


def test_entries_cut_off_at_the_end_are_missed(folder: Path) -> None:
    (folder / timeline.FILE).write_bytes(b"".join(lines(folder)[:2]))
    assert timeline.read(str(folder)).fault == Message("incident.head_cut", number=3, count=2)


def test_an_entry_whose_head_was_not_written_any_more_is_not_lost(folder: Path) -> None:
    before = (folder / timeline.HEAD).read_bytes()
    timeline.append(
        str(folder), load_key(os.environ["XDG_DATA_HOME"] + "/rempart/signing-key.pem"), ANNA, "note", "done", {}
    )
    (folder / timeline.HEAD).write_bytes(before)
    record = timeline.read(str(folder))
    assert (record.fault, len(record.entries)) == (None, 4)


def test_a_timeline_made_with_another_key_is_found(
    folder: Path, tmp_path: Path, incident: Command, capsys: pytest.CaptureFixture[str]
) -> None:
    """Whoever writes all anew, without our key, has a key of his own."""
    entries = timeline.read(str(folder)).entries
    for name in (timeline.FILE, timeline.HEAD):
        (folder / name).unlink()
    other = load_key(str(tmp_path / "other.pem"))
    for entry in entries:
        timeline.append(str(folder), other, Author(entry.login, "Eve"), entry.action, entry.outcome, entry.detail)
    assert timeline.read(str(folder)).fault is None
    assert incident("verify", folder.name) == 1
    assert f"another key: {other.public}" in capsys.readouterr().out
    assert incident("verify", folder.name, "--key", other.public) == 0
    assert incident("note", folder.name, "more") == 3
    assert "another key" in capsys.readouterr().err


def test_a_head_that_was_kept_proves_what_was_written_before(folder: Path, incident: Command) -> None:
    head = timeline.read(str(folder)).entries[1].hash
    assert incident("verify", folder.name, "--head", head) == 0
    assert incident("verify", folder.name, "--head", "0" * 64) == 1


def test_nothing_is_added_to_what_was_tampered_with(
    folder: Path, incident: Command, capsys: pytest.CaptureFixture[str]
) -> None:
    path = folder / timeline.FILE
    spoiled = spoil_line(path, b'"one"', b'"two"')
    for words in (["note", folder.name, "x"], ["close", folder.name, "--conclusion", "x"]):
        assert incident(*words) == 3
    assert path.read_bytes() == spoiled
    capsys.readouterr()
    assert incident("show", folder.name) == 1
    shown = capsys.readouterr()
    assert "entry 2" in shown.err
    assert incident("list") == 0
    assert "DAMAGED" in capsys.readouterr().out


def test_hands_that_write_at_once_do_not_spoil_it(folder: Path) -> None:
    key = load_key(os.environ["XDG_DATA_HOME"] + "/rempart/signing-key.pem")

    def write(number: int) -> None:
        for _ in range(5):
            timeline.append(str(folder), key, ANNA, "note", "done", {"text": str(number)})

    threads = [threading.Thread(target=write, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    record = timeline.read(str(folder))
    assert (record.fault, len(record.entries)) == (None, 23)


def test_half_an_entry_is_taken_back(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    key = load_key(os.environ["XDG_DATA_HOME"] + "/rempart/signing-key.pem")
    whole = (folder / timeline.FILE).read_bytes()
    real = os.write
    written: list[int] = []

    def write(handle: int, data: memoryview) -> int:
        if written:
            raise OSError(28, "No space left on device")
        written.append(real(handle, data[:10]))
        return written[0]

    monkeypatch.setattr(os, "write", write)
    with pytest.raises(IncidentError, match="no space left"):
        timeline.append(str(folder), key, ANNA, "note", "done", {"text": "three"})
    assert (folder / timeline.FILE).read_bytes() == whole


@pytest.mark.parametrize(
    "text", ["\x1b[2J\x07", "a\udc80b", "\u202egnp.exe", "line\nline", "é😀", '{"a": 1}', "x" * 20_000]
)
def test_any_text_can_be_noted_and_none_reaches_the_terminal_raw(
    text: str, folder: Path, incident: Command, capsys: pytest.CaptureFixture[str]
) -> None:
    assert incident("note", folder.name, text, "--nature", text, "--by", text) == 0
    capsys.readouterr()
    for words in (["show", folder.name], ["show", folder.name, "--lang", "fr"], ["list"], ["verify", folder.name]):
        assert incident(*words) == 0
        shown = capsys.readouterr().out
        assert not {"\x1b", "\x07", "\udc80", "\u202e"} & set(shown)
    assert incident("show", folder.name, "--json") == 0
    assert json.loads(capsys.readouterr().out)["timeline"][-1]["action"] == "note"


def test_what_a_person_wrote_is_shown_as_it_was_written(
    incident: Command, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = "the host can't be reached; no change: the connection ended in the middle: nothing came"
    assert incident("note", "web-1", words) == 0
    capsys.readouterr()
    assert incident("show", "web-1", "--lang", "fr") == 0
    assert words in capsys.readouterr().out


def test_a_french_reader_is_spoken_to_in_french(
    incident: Command, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert incident("note", "web-1", "--nature", "a theft", "--informed", "by letter") == 0
    capsys.readouterr()
    assert incident("show", "web-1", "--lang", "fr") == 0
    said = capsys.readouterr().out
    for words in ("ouverture (fait)", "note (fait)  Anna", "texte : one", "personnes informées, les faits"):
        assert words in plain(said), words
    assert incident("release", "web-1", "--signed-by", "Carla", "--lang", "fr") == 2
    assert "web-1 n’est pas isolée" in capsys.readouterr().err
    assert incident("close", "web-1", "--conclusion", "x", "--lang", "fr") == 2
    lacking = plain(capsys.readouterr().err)
    assert "ne peut pas être clos ; il manque :\n  - des preuves : rempart incident collect" in lacking
    path = folder / "timeline.jsonl"
    spoil_line(path, b'"text":"one"', b'"text":"two"')
    assert incident("verify", folder.name, "--lang", "fr") == 1
    assert "ROMPU : entrée 2 : sa signature est invalide" in plain(capsys.readouterr().out)
    assert incident("note", "web-1", "three", "--lang", "fr") == 3
    assert "est endommagé" in capsys.readouterr().err
