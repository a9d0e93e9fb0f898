"""Where messages go: a file of addresses is a secret, and is believed where nobody else can have written or read it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from rempart_controller.notification.address import read_addresses
from rempart_core.error import UsageError

URL = "json://hooks.example.org/audit"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "addresses"
    path.write_text(f"# who is told\n\n  {URL}  \nmailto://a.example.org\n{URL}\n", encoding="utf-8")
    path.chmod(0o600)
    return path


def test_each_address_counts_once_whoever_names_it(file: Path) -> None:
    assert read_addresses([URL], [str(file)]) == [URL, "mailto://a.example.org"]


def test_without_files_it_is_what_was_given() -> None:
    assert read_addresses(["a://b", "a://b"], []) == ["a://b"]


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o660])
def test_a_file_that_others_may_read_or_write_is_refused(file: Path, mode: int) -> None:
    file.chmod(mode)
    with pytest.raises(UsageError):
        read_addresses([], [str(file)])


@pytest.mark.skipif(os.geteuid() != 0, reason="root gives files away")
def test_a_file_of_another_user_is_refused_and_one_of_root_is_not(file: Path) -> None:
    assert read_addresses([], [str(file)], owner=12345)
    os.chown(file, 23456, -1)
    assert read_addresses([], [str(file)], owner=23456)
    for owner in (12345, None):
        with pytest.raises(UsageError):
            read_addresses([], [str(file)], owner=owner)


@pytest.mark.parametrize("content", [b"", b"# nobody\n\n", b"\xff\xfe\n", b"a" * 100_001])
def test_a_file_that_holds_no_addresses_is_refused(file: Path, content: bytes) -> None:
    file.write_bytes(content)
    with pytest.raises(UsageError):
        read_addresses([], [str(file)])


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe", 0o600)
    for name in ("pipe", "absent", "."):
        with pytest.raises(UsageError):
            read_addresses([], [str(tmp_path / name)])
