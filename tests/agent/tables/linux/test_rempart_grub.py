"""Table rempart_grub: who may change the entries, wherever the menu lies."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest
from rempart_testing.grub_files import DEBIAN, HASH, RHEL, STUB

from rempart_agent.source.contract import Denied, Malformed, Missing, Query
from rempart_agent.tables.linux import rempart_grub

RootOf = Callable[[Mapping[str, str | bytes]], Any]
BOSS = f'set superusers="boss"\npassword_pbkdf2 boss {HASH}\n'


def _rows(target: Any) -> list[tuple[Any, ...]]:
    return [(row["path"], row["superuser"], row["kind"], row["guarded"]) for row in rempart_grub.rows(target, Query())]


def test_a_menu_without_and_with_superusers(root_of: RootOf) -> None:
    path = "/boot/grub/grub.cfg"
    assert _rows(root_of({path: DEBIAN})) == [(path, "", "none", 0)]
    assert _rows(root_of({path: DEBIAN, "/boot/grub/custom.cfg": BOSS})) == [(path, "boss", "pbkdf2", 1)]
    plain = {path: DEBIAN, "/boot/grub/custom.cfg": 'set superusers="boss alice"\npassword boss x\n'}
    assert _rows(root_of(plain)) == [(path, "boss", "plain", 0), (path, "alice", "none", 0)]


def test_the_password_of_rhel_lies_beside_its_menu(root_of: RootOf) -> None:
    path, efi = "/boot/grub2/grub.cfg", "/boot/efi/EFI/redhat/grub.cfg"
    user = f"GRUB2_PASSWORD={HASH}\n"
    assert _rows(root_of({path: RHEL, "/boot/grub2/user.cfg": user, efi: STUB})) == [(path, "root", "pbkdf2", 1)]
    assert _rows(root_of({path: RHEL, "/boot/grub2/user.cfg": user, efi: RHEL})) == [
        (path, "root", "pbkdf2", 1),
        (efi, "", "none", 0),
    ]
    assert _rows(root_of({path: RHEL, "/boot/grub2/user.cfg": "GRUB2_PASSWORD=x\n"}))[0][2:] == ("broken", 0)


def test_no_row_holds_a_hash(root_of: RootOf) -> None:
    target = root_of({"/boot/grub/grub.cfg": DEBIAN, "/boot/grub/custom.cfg": BOSS})
    assert HASH[:40] not in repr([dict(row) for row in rempart_grub.rows(target, Query())])


def test_what_is_read_from_elsewhere_leaves_it_open(root_of: RootOf) -> None:
    target = root_of({"/boot/grub/grub.cfg": DEBIAN + "source /other.cfg\n", "/boot/grub/custom.cfg": BOSS})
    assert [row[3] for row in _rows(target)] == [None]


@pytest.mark.parametrize("files", [{"/boot/grub/grub.cfg": STUB}, {"/boot/vmlinuz": ""}])
def test_no_menu_is_no_answer(root_of: RootOf, files: dict[str, str]) -> None:
    with pytest.raises(Missing):
        _rows(root_of(files))


def test_a_password_file_that_is_cut_off_or_closed_is_no_answer(
    root_of: RootOf, deny: Callable[[Any, str], None]
) -> None:
    files = {"/boot/grub2/grub.cfg": RHEL, "/boot/grub2/user.cfg": 'GRUB2_PASSWORD="grub.pbk'}
    with pytest.raises(Malformed):
        _rows(root_of(files))
    target = root_of({**files, "/boot/grub2/user.cfg": ""})
    deny(target, "/boot/grub2/user.cfg")
    with pytest.raises(Denied):
        _rows(target)
