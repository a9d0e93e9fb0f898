"""What findmnt says of fstab: only what is new stops a fix, and without a verdict nothing is written."""

from __future__ import annotations

from pathlib import Path

import pytest

from rempart_fix.contract import Refusal
from rempart_fix.place import Place
from rempart_fix.sight import Sight
from rempart_fix.validation import validate

OLD = b"LABEL=gone /srv/gone ext4 defaults 0 2\n"
GONE = "/srv/gone\n   [E] unreachable on boot required source: LABEL=gone\n"
"""findmnt --verify of util-linux 2.41 prints it so, and ends with 1 where it counts an error."""


@pytest.fixture
def place(tmp_path: Path) -> Place:
    (tmp_path / "root/etc").mkdir(parents=True)
    (tmp_path / "root/run").mkdir()
    (tmp_path / "root/etc/fstab").write_bytes(OLD)
    return Place("c-1", root=str(tmp_path / "root"), base=str(tmp_path / "base"))


def judge(place: Place, monkeypatch: pytest.MonkeyPatch, said: dict[bytes, tuple[int, str]], data: bytes) -> None:
    def run(words: list[str], timeout: float = 120, stdin: bytes | None = None) -> tuple[int, str]:
        return said[Path(place.at(words[-1])).read_bytes()]

    monkeypatch.setattr(place, "run", run)
    validate("fstab", "/etc/fstab", data, Sight(place))


def test_what_others_wrote_wrongly_stops_no_fix(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    new = OLD.replace(b"defaults", b"defaults,nodev")
    judge(place, monkeypatch, {OLD: (1, GONE), new: (1, GONE)}, new)


def test_one_more_complaint_in_the_same_words_does(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    new = OLD + b"LABEL=gone /srv/more ext4 defaults 0 2\n"
    with pytest.raises(Refusal, match="LABEL=gone"):
        judge(place, monkeypatch, {OLD: (1, GONE), new: (1, GONE + GONE)}, new)


@pytest.mark.parametrize("status", [-11, 124, 127])
def test_without_a_verdict_nothing_is_written(place: Place, monkeypatch: pytest.MonkeyPatch, status: int) -> None:
    """On a line that it can't read findmnt 2.41 ends by a signal, before it has looked at the others."""
    broken = (status, "findmnt: parse error at line 1 -- ignored")
    with pytest.raises(Refusal):
        judge(place, monkeypatch, {OLD: broken, OLD + b"\n": broken}, OLD + b"\n")
