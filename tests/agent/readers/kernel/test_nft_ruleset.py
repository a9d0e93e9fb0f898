"""A ruleset is asked for only where the kernel has one; a refusal is no empty one."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from rempart_agent.readers.kernel import netlink, nft_ruleset
from rempart_agent.source.contract import Denied, SourceError


def test_a_kernel_without_nf_tables_has_no_ruleset(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any) -> bytes:
        raise SourceError("netlink: " + os.strerror(22))

    monkeypatch.setattr(netlink.Talk, "get", refuse)
    assert nft_ruleset.list_ruleset() == {}


@pytest.mark.parametrize(
    ("loaded", "built_in", "expected"),
    [
        (["nf_tables"], "", True),
        (["ext4"], "kernel/net/netfilter/nf_tables.ko\n", True),
        (["ext4"], "kernel/fs/ext4/ext4.ko\n", False),
        (["ext4"], None, True),
        (None, "", True),
    ],
)
def test_a_kernel_is_not_made_to_load_what_it_does_not_use(
    tmp_path: Path, loaded: list[str] | None, built_in: str | None, expected: bool
) -> None:
    for name in loaded or ():
        (tmp_path / "sys" / name).mkdir(parents=True)
    if built_in is not None:
        folder = tmp_path / "lib" / os.uname().release
        folder.mkdir(parents=True)
        (folder / "modules.builtin").write_text(built_in)
    assert nft_ruleset.is_loaded(str(tmp_path / "sys"), str(tmp_path / "lib")) is expected


def test_another_refusal_is_not_taken_for_a_kernel_without_nf_tables(monkeypatch: pytest.MonkeyPatch) -> None:
    for error in (Denied("netlink: " + os.strerror(22)), SourceError("netlink: " + os.strerror(12))):

        def refuse(*_: Any, error: SourceError = error) -> bytes:
            raise error

        monkeypatch.setattr(netlink.Talk, "get", refuse)
        with pytest.raises(type(error)):
            nft_ruleset.list_ruleset()
