"""An image is hashed only where it is what it was before the audit."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from hashlib import sha256
from io import BufferedReader
from pathlib import Path
from types import SimpleNamespace

import pytest

from rempart_controller.attestation.image_file import hash_file, stamp_of
from rempart_core.error import AttestationError


@pytest.fixture
def image(tmp_path: Path) -> Path:
    path = tmp_path / "disk.raw"
    path.write_bytes(b"x" * 100_000)
    return path


def _rewrite(path: Path) -> None:
    """Change a byte and leave the size: only the time tells."""
    before = path.stat().st_mtime_ns
    path.write_bytes(b"y" * 100_000)
    os.utime(path, ns=(before + 1, before + 1))


def _grow(path: Path) -> None:
    before = path.stat().st_mtime_ns
    path.write_bytes(b"x" * 100_001)
    os.utime(path, ns=(before, before))


def _replace(path: Path) -> None:
    """Put another file in its place, of the same size and time: only the inode tells."""
    before = path.stat().st_mtime_ns
    other = path.with_name("other")
    other.write_bytes(b"y" * 100_000)
    os.utime(other, ns=(before, before))
    other.replace(path)


def _pipe(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


def test_the_digest_is_that_of_the_bytes(image: Path) -> None:
    stamp = stamp_of(str(image))
    assert stamp is not None
    assert hash_file(str(image), stamp) == "sha256:" + sha256(b"x" * 100_000).hexdigest()


@pytest.mark.parametrize("change", [_rewrite, _grow, _replace, _pipe])
def test_what_changed_meanwhile_has_no_digest(image: Path, change: Callable[[Path], None]) -> None:
    stamp = stamp_of(str(image))
    assert stamp is not None
    change(image)
    with pytest.raises(AttestationError, match="changed during the audit"):
        hash_file(str(image), stamp)


def test_what_changes_while_it_is_hashed_has_no_digest(image: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def hash_and_grow(file: BufferedReader, name: str) -> object:
        found = hashlib.file_digest(file, name)
        _grow(image)
        return found

    stamp = stamp_of(str(image))
    assert stamp is not None
    monkeypatch.setattr("rempart_controller.attestation.image_file.hashlib", SimpleNamespace(file_digest=hash_and_grow))
    with pytest.raises(AttestationError, match="changed during the audit"):
        hash_file(str(image), stamp)


def test_what_is_gone_has_no_digest(image: Path) -> None:
    stamp = stamp_of(str(image))
    assert stamp is not None
    image.unlink()
    with pytest.raises(AttestationError, match="could not be read"):
        hash_file(str(image), stamp)


def test_a_folder_has_no_stamp_and_a_device_is_no_image(tmp_path: Path) -> None:
    assert stamp_of(str(tmp_path)) is None
    with pytest.raises(AttestationError, match="neither a file nor a folder"):
        stamp_of("/dev/null")
