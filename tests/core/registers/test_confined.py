"""Files are read inside the folder alone, as plain files, and whole or not at all."""

from __future__ import annotations

import hashlib
import os
import pwd
import subprocess
import sys
from pathlib import Path

import pytest

from rempart_core.messages.say import say
from rempart_core.registers import confined
from rempart_core.registers.confined import RefusedError, hash_file, read_whole


def _refusal(folder: Path, name: str) -> tuple[str, str]:
    with pytest.raises(RefusedError) as caught:
        hash_file(str(folder), name)
    return caught.value.code, say(caught.value.message)


def test_a_file_is_hashed_and_a_link_inside_is_followed(tmp_path: Path) -> None:
    data = os.urandom(3_000_000)
    (tmp_path / "a.pdf").write_bytes(data)
    (tmp_path / "b.pdf").symlink_to("a.pdf")
    assert hash_file(str(tmp_path), "a.pdf") == hash_file(str(tmp_path), "b.pdf") == hashlib.sha256(data).hexdigest()
    assert read_whole(str(tmp_path), "a.pdf") == data


def test_an_empty_file_proves_nothing(tmp_path: Path) -> None:
    (tmp_path / "sheet.pdf").touch()
    assert _refusal(tmp_path, "sheet.pdf") == ("absent", "nothing is in it, which proves nothing")
    assert read_whole(str(tmp_path), "sheet.pdf") == b""


def test_what_is_no_plain_file_is_not_even_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Opening a device may do something by itself, as rewinding a tape."""
    os.mkfifo(tmp_path / "pipe")

    def refuse(*_: object) -> int:
        raise AssertionError("opened")

    monkeypatch.setattr(confined.os, "open", refuse)
    assert _refusal(tmp_path, "pipe")[0] == "unreadable"


@pytest.mark.parametrize("name", ["../secret", "/etc/passwd", "link", "folder/secret", "..", ".", "../none", "loop"])
def test_nothing_outside_is_opened(tmp_path: Path, name: str) -> None:
    inside = tmp_path / "registers"
    inside.mkdir()
    (tmp_path / "secret").write_text("x", encoding="utf-8")
    (inside / "link").symlink_to("../secret")
    (inside / "folder").symlink_to("..")
    (inside / "loop").symlink_to("loop")
    code, _ = _refusal(inside, name)
    assert code == ("unreadable" if name == "loop" else "outside")


def test_a_folder_whose_name_begins_alike_is_outside(tmp_path: Path) -> None:
    for name in ("a", "ab"):
        (tmp_path / name).mkdir()
    (tmp_path / "ab" / "f").write_text("x", encoding="utf-8")
    assert _refusal(tmp_path / "a", "../ab/f")[0] == "outside"


def test_what_is_no_plain_file_is_not_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "folder").mkdir()
    for name in ("pipe", "folder"):
        assert _refusal(tmp_path, name) == ("unreadable", "it is no plain file")


@pytest.mark.parametrize("name", ["none", "a/b", "a.pdf/b", "a\0b", "x" * 5000])
def test_what_is_not_there(tmp_path: Path, name: str) -> None:
    (tmp_path / "a.pdf").write_text("x", encoding="utf-8")
    assert _refusal(tmp_path, name)[0] in ("absent", "unreadable")


def test_a_file_that_grows_while_it_is_hashed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(b"x" * 100)
    read = os.read

    def grow(descriptor: int, size: int) -> bytes:
        data = read(descriptor, size)
        with path.open("ab") as stream:
            stream.write(b"y")
        return data

    monkeypatch.setattr(confined.os, "read", grow)
    assert _refusal(tmp_path, "a.pdf") == ("unreadable", "it changes while it is read")


def test_a_file_that_is_too_large(tmp_path: Path) -> None:
    with (tmp_path / "a.iso").open("wb") as stream:
        stream.truncate(confined.EVIDENCE_LIMIT + 1)
    assert _refusal(tmp_path, "a.iso") == ("unreadable", "it is larger than 256 MiB")


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root, to become somebody else")
def test_what_an_ordinary_user_may_not_read(tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_text("x", encoding="utf-8")
    (tmp_path / "a.pdf").chmod(0o600)
    for folder in (tmp_path, *tmp_path.parents[:3]):
        folder.chmod(0o755)
    nobody = pwd.getpwnam("nobody").pw_uid
    script = (
        "import hashlib, os, sys; from rempart_core.registers.confined import *\n"
        "import rempart_core.messages.en.system; str(Message('system.denied'))\n"
        f"os.setuid({nobody})\n"
        "try: hash_file(sys.argv[1], 'a.pdf')\n"
        "except RefusedError as error: print(error.code, error)"
    )
    done = subprocess.run([sys.executable, "-c", script, tmp_path], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "unreadable permission denied"
