"""Whom an inventory may belong to, and who may write to it: it can run programs as whoever reads it."""

from __future__ import annotations

import grp
import os
import pwd
import shutil
from pathlib import Path

import pytest

from rempart_controller.inventory import read_inventory
from rempart_core.error import UsageError

FILES = ("hosts.ini", "ansible.cfg", "group_vars/all.yml", "group_vars/web/more.yml", "host_vars/web.yml")
FOLDERS = (".", "group_vars", "group_vars/web", "host_vars")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return an inventory with all that Ansible reads beside it, which nobody else may write to."""
    folder = tmp_path / "inventory"
    for name in FILES:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("x: 1\n")
        (folder / name).chmod(0o644)
    for name in FOLDERS:
        (folder / name).chmod(0o755)
    (folder / "unread.txt").write_text("beside it, of no inventory")
    (folder / "unread.txt").chmod(0o666)
    return folder


def refusal(source: Path | str) -> str:
    try:
        read_inventory._expect_private(str(source))
    except UsageError as error:
        return str(error)
    return ""


def test_an_inventory_of_ones_own_is_taken(folder: Path) -> None:
    assert refusal(folder / "hosts.ini") == ""
    (folder / "unread.txt").chmod(0o644)
    assert refusal(folder) == ""
    assert refusal("web,db") == ""  # no file: a list of hosts
    assert "does not exist" in refusal(folder / "none.ini")


@pytest.mark.parametrize("name", [*FILES, *FOLDERS])
@pytest.mark.parametrize("whole", [False, True])
def test_whatever_ansible_reads_may_be_written_by_nobody_else(folder: Path, name: str, whole: bool) -> None:
    (folder / "unread.txt").chmod(0o644)
    path = folder / name
    path.chmod(path.stat().st_mode | 0o002)
    said = refusal(folder if whole else folder / "hosts.ini")
    assert said.startswith(os.path.realpath(path))
    assert "other users can write to it, and an inventory can run programs" in said


def test_of_a_folder_every_file_counts_and_of_a_file_what_is_beside_it(folder: Path) -> None:
    assert refusal(folder / "hosts.ini") == ""
    assert "unread.txt: other users can write" in refusal(folder)


def test_what_is_not_there_hides_nothing_behind_it(folder: Path) -> None:
    shutil.rmtree(folder / "group_vars")
    assert refusal(folder / "hosts.ini") == ""
    (folder / "host_vars/web.yml").chmod(0o666)
    assert "web.yml: other users can write" in refusal(folder / "hosts.ini")


def test_a_link_counts_for_what_it_leads_to(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "link.ini").symlink_to(folder / "hosts.ini")
    assert refusal(tmp_path / "link.ini") == ""
    (folder / "group_vars").chmod(0o777)
    assert "group_vars: other users can write" in refusal(tmp_path / "link.ini")
    (folder / "group_vars").chmod(0o755)
    (folder / "host_vars/gone.yml").symlink_to(tmp_path / "nowhere")
    assert refusal(folder / "hosts.ini") == ""
    (folder / "host_vars/web.yml").chmod(0o666)
    assert "web.yml: other users can write" in refusal(folder / "hosts.ini")


def test_a_folder_like_tmp_is_shared_and_a_file_with_that_bit_is_not(folder: Path) -> None:
    (folder / "group_vars/web").chmod(0o1777)
    assert refusal(folder / "hosts.ini") == ""
    (folder / "hosts.ini").chmod(0o1666)
    assert "hosts.ini: other users can write" in refusal(folder / "hosts.ini")


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root, to give files away")
@pytest.mark.parametrize(("owner", "accepted"), [(0, True), (1000, True), (1, False), (1001, False), (65534, False)])
def test_it_belongs_to_root_or_to_whoever_reads_it(
    folder: Path, monkeypatch: pytest.MonkeyPatch, owner: int, accepted: bool
) -> None:
    monkeypatch.setattr(read_inventory.os, "geteuid", lambda: 1000)
    os.chown(folder / "group_vars/all.yml", owner, 0)
    said = refusal(folder / "hosts.ini")
    assert (said == "") is accepted
    assert accepted or said.endswith("all.yml: belongs to another user, and an inventory can run programs")


@pytest.mark.parametrize(
    ("name", "members", "accepted"),
    [
        ("ann", [], True),
        ("ann", ["ann"], True),
        ("ann", ["ann", "bob"], False),
        ("ann", ["bob"], False),
        ("staff", [], False),
        ("staff", ["ann"], False),
        ("adm", [], False),
    ],
)
def test_a_group_of_ones_own_is_nobody_else(
    folder: Path, monkeypatch: pytest.MonkeyPatch, name: str, members: list[str], accepted: bool
) -> None:
    """Debian gives each user a group of his own: files of mode 664 are then as private as files of mode 644."""
    monkeypatch.setattr(grp, "getgrgid", lambda number: grp.struct_group((name, "x", number, members)))
    monkeypatch.setattr(pwd, "getpwuid", lambda number: pwd.struct_passwd(("ann", "x", number, number, "", "/", "")))
    assert refusal(folder / "hosts.ini") == ""  # who may only read and enter does not count
    for path in (folder / "hosts.ini", folder / "group_vars"):
        path.chmod(path.stat().st_mode | 0o020)
        assert (refusal(folder / "hosts.ini") == "") is accepted
        path.chmod(path.stat().st_mode | 0o002)
        assert "other users can write" in refusal(folder / "hosts.ini")
        path.chmod(path.stat().st_mode & ~0o022)


@pytest.mark.parametrize("lookup", ["getgrgid", "getpwuid"])
def test_a_group_or_an_owner_without_a_name_is_somebody(
    folder: Path, monkeypatch: pytest.MonkeyPatch, lookup: str
) -> None:
    def unknown(number: int) -> None:
        raise KeyError(number)

    monkeypatch.setattr(grp if lookup == "getgrgid" else pwd, lookup, unknown)
    (folder / "hosts.ini").chmod(0o664)
    assert "other users can write" in refusal(folder / "hosts.ini")
