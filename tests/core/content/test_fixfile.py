"""What fixes say of themselves: what a plan needs is read, and all mistakes are told at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from rempart_core.content.fixfile import find_opened, read_fixes
from rempart_core.error import ContentError


def write(folder: Path, text: str) -> str:
    role = folder / "roles/mine"
    role.mkdir(parents=True)
    (role / "fixes.yml").write_text(text, encoding="utf-8")
    (folder / "roles/other").mkdir()  # a role that fixes nothing
    return str(folder)


def test_a_fix_is_known_by_check_and_platform(tmp_path: Path) -> None:
    text = """
RMT-01:
  linux: {needs: [PRE-01], opens: [PAT-05], values: [FWL-03], partly: {en: a log, fr: un journal}}
  darwin: {manual: {en: by hand, fr: à la main}}
  windows: {guard: true}
"""
    found = read_fixes(write(tmp_path, text))
    linux, darwin, windows = (found["RMT-01", platform] for platform in ("linux", "darwin", "windows"))
    assert (linux.role, linux.needs, linux.opens, linux.values) == ("mine", ("PRE-01",), ("PAT-05",), ("FWL-03",))
    assert (str(linux.partly and linux.partly.fr), linux.guard, linux.manual) == ("un journal", False, None)
    assert (str(darwin.manual and darwin.manual.en), windows.guard) == ("by hand", True)


def test_on_linux_nothing_is_saved_by_what_a_fix_names_and_so_it_is_refused(tmp_path: Path) -> None:
    """Who has a fix of an older version would else believe that an undo restores these files."""
    text = """
RMT-01:
  linux: {files: [/etc/app.conf], nftables: true, after: [[systemctl, reload, app]]}
  darwin: {files: [/etc/app.conf]}
RMT-02:
  linux: {units: [app.service]}
RMT-03:
  darwin: {needs: [PRE-01], manual: {en: by hand, fr: à la main}}
"""
    with pytest.raises(ContentError) as caught:
        read_fixes(write(tmp_path, text))
    first, second, third = (str(one) for one in caught.value.mistakes)
    assert "RMT-01.linux: files, nftables, after: on Linux a fix declares what it touches to rempart_fix" in first
    assert "RMT-02.linux: units: on Linux" in second
    assert "RMT-03.darwin: what is left to people touches nothing" in third


def test_what_a_fix_opens_on_one_platform_is_not_lost_by_another(tmp_path: Path) -> None:
    text = "SWH-03:\n  linux:\n    opens: [MNT-02]\n  windows: {}\nSWH-05:\n  linux:\n    opens: [FIL-06]\n"
    assert find_opened(read_fixes(write(tmp_path, text))) == {
        "SWH-03": frozenset({"MNT-02"}),
        "SWH-05": frozenset({"FIL-06"}),
    }
